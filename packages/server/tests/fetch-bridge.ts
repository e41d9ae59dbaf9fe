/** Puts a real socket in front of a fetch handler, so that tests written for HTTP run through the fetch door. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export type FetchHandler = (request: Request) => Promise<Response>;

export interface Bridge {
  readonly url: string;
  close(): Promise<void>;
}

export async function bridge(handler: FetchHandler): Promise<Bridge> {
  const server = createServer((message, response) => void answer(handler, message, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(handler: FetchHandler, message: IncomingMessage, response: ServerResponse) {
  const aborted = new AbortController();
  response.once("close", () => aborted.abort());
  const result = await handler(webRequest(message, aborted.signal));
  response.writeHead(result.status, [...result.headers].flat());
  response.flushHeaders();
  if (result.body === null) response.end();
  else await pipeline(Readable.fromWeb(result.body as never), response).catch(() => undefined);
}

function webRequest(message: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers();
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    const name = message.rawHeaders[index]!;
    if (!/^(connection|keep-alive|transfer-encoding|expect)$/i.test(name)) {
      headers.append(name, message.rawHeaders[index + 1]!);
    }
  }
  const hasBody = message.method !== "GET" && message.method !== "HEAD";
  return new Request(`http://${message.headers.host}${message.url}`, {
    method: message.method!,
    headers,
    signal,
    ...(hasBody ? { body: Readable.toWeb(message) as never, duplex: "half" } : {}),
  });
}
