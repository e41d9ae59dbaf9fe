/** Node's requests and answers as those of the web platform. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export type Handler = (request: Request) => Promise<Response>;

/** The most that a request may bring, in bytes. */
const BODY_MAX = 1_000_000;

export function toRequest(message: IncomingMessage, signal: AbortSignal): Request {
  const { method = "GET", url = "/", headers } = message;
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`http://${headers.host ?? "localhost"}${url}`, {
    ...{ method, signal, headers: headers as Record<string, string> },
    ...(hasBody ? { body: Readable.toWeb(message) as ReadableStream<Uint8Array>, duplex: "half" } : {}),
  } as RequestInit);
}

/** Answers one request. A browser that leaves aborts the request's signal. */
export async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  handle: Handler,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const { status, headers, body } = await handle(toRequest(message, gone.signal));
    response.writeHead(status, Object.fromEntries(headers));
    if (body === null) response.end();
    else {
      response.flushHeaders();
      await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), response);
    }
  } catch (error) {
    if (gone.signal.aborted) return;
    console.error(error);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }
}

/** Listens, and returns the server and the port that it got. */
export async function listen(
  handler: (message: IncomingMessage, response: ServerResponse) => void,
  port: number,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** The JSON of a request. */
export async function jsonOf(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > BODY_MAX) throw new Error("The request is too long");
  return text === "" ? undefined : JSON.parse(text);
}
