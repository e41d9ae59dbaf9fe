/** A fetch handler behind a port. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";

/** How long others are waited for, milliseconds. What waits holds memory that all share. */
export interface Patience {
  /** For a request to arrive, all of it. */
  readonly requestMs: number;
  /** For a reader to take anything of what was sent. */
  readonly stalledReaderMs: number;
}

const PATIENCE: Patience = { requestMs: 60_000, stalledReaderMs: 30_000 };

/** @param refuse answers what is another path once it is a URL, with segments of dots above all */
export function listener(
  answer: (request: Request) => Promise<Response>,
  refuse: () => Response,
  { requestMs, stalledReaderMs } = PATIENCE,
): Server {
  const times = {
    requestTimeout: requestMs,
    headersTimeout: requestMs / 4,
    connectionsCheckingInterval: requestMs / 4,
  };
  return createServer(times, (message, response) => {
    serve(message, response, answer, refuse, stalledReaderMs).catch((error: Error) =>
      response.destroy(error),
    );
  });
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  answer: (request: Request) => Promise<Response>,
  refuse: () => Response,
  stalledReaderMs: number,
): Promise<void> {
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  const request = requestOf(message, leaving.signal);
  const reply = request === undefined ? refuse() : await answer(request);
  if (response.destroyed) {
    await reply.body?.cancel();
    return;
  }
  response.writeHead(reply.status, Object.fromEntries(reply.headers));
  response.flushHeaders();
  if (reply.body === null) response.end();
  else await send(reply.body, response, stalledReaderMs);
}

function requestOf(message: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = "GET", url = "/", headers } = message;
  const address = `http://${headers.host ?? "localhost"}${url}`;
  if (!URL.canParse(address) || new URL(address).pathname !== url.split("?")[0]) return undefined;
  const init: RequestInit & { duplex?: "half" } = { method, signal, headers: new Headers() };
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) (init.headers as Headers).set(name, String(value));
  const hasBody = method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
  if (hasBody) Object.assign(init, { body: Readable.toWeb(message), duplex: "half" });
  return new Request(address, init);
}

/** Sends a body as its reader takes it. What breaks off below breaks off here, and a reader that takes nothing is left. */
async function send(
  body: ReadableStream<Uint8Array>,
  response: ServerResponse,
  stalledReaderMs: number,
): Promise<void> {
  const reader = body.getReader();
  response.once("close", () => reader.cancel().catch(() => undefined));
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    if (response.write(read.value) || response.destroyed) continue;
    const stalled = setTimeout(() => response.destroy(), stalledReaderMs);
    await new Promise<void>((resolve) => {
      response.once("drain", resolve);
      response.once("close", () => resolve());
    });
    clearTimeout(stalled);
  }
  response.end();
}
