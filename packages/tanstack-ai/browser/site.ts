/** A web server with the page, and the route of its chats. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { type ChatAgent, durableChatRoute } from "@perennial/tanstack-ai";
import { rolldown } from "rolldown";

/** The page with React as it is developed with: in production StrictMode does nothing. */
async function bundle(): Promise<string> {
  const build = await rolldown({
    input: fileURLToPath(new URL("page.ts", import.meta.url)),
    resolve: { conditionNames: ["perennial-source", "import", "default"] },
    transform: { define: { "process.env.NODE_ENV": '"development"' } },
  });
  const { output } = await build.generate({ format: "esm" });
  return output[0].code;
}

export interface Site {
  readonly url: string;
  /** How many reads of sessions are under way. */
  readers(): number;
  stop(): void;
}

/** @param streams - the address below which the sessions are */
export async function serveSite(streams: string, agents: readonly ChatAgent[]): Promise<Site> {
  const code = await bundle();
  const open = async (request: Request) => ({
    stream: { writeUrl: `${streams}/${new URL(request.url).pathname.split("/").at(-1)}` },
  });
  const handle = durableChatRoute({ open, agents, foldEvery: 1 });
  let readers = 0;
  const server = createServer((message, response) => {
    const isRead =
      message.method === "GET" && message.url?.startsWith("/api/") && !message.url.includes("part=");
    if (isRead) {
      readers++;
      response.on("close", () => readers--);
    }
    if (message.url?.startsWith("/api/")) void answer(message, response, handle);
    else {
      response.setHeader("content-type", "text/html");
      response.end(`<!doctype html><title>test</title><body><script type="module">${code}</script></body>`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    readers: () => readers,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  handle: (request: Request) => Promise<Response>,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const { method = "GET", url, headers } = message;
  const body = method === "GET" ? {} : { body: Readable.toWeb(message) as ReadableStream, duplex: "half" };
  const init = { method, headers: headers as Record<string, string>, signal: gone.signal, ...body };
  try {
    const answered = await handle(new Request(`http://${headers.host}${url}`, init as RequestInit));
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    response.flushHeaders();
    if (answered.body === null) response.end();
    else await pipeline(Readable.fromWeb(answered.body as never), response);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}
