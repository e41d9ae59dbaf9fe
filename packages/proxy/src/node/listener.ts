/** A fetch handler behind a port. */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { Readable } from "node:stream";
import type { TLSSocket } from "node:tls";

/** A certificate and its key, PEM. */
export interface TlsOptions {
  readonly cert: string;
  readonly key: string;
}

const HOST = /^[A-Za-z0-9._-]{1,253}(?::\d{1,5})?$|^\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?$/;
const BODILESS = new Set(["GET", "HEAD", "OPTIONS"]);

/** @param refuse answers what is no request that has an address */
export function listener(
  answer: (request: Request) => Promise<Response>,
  refuse: () => Response,
  tls: TlsOptions | undefined,
): Server {
  const onRequest: RequestListener = (message, response) => {
    serve(message, response, answer, refuse).catch(() => response.destroy());
  };
  return tls === undefined ? createServer(onRequest) : createTlsServer({ ...tls }, onRequest);
}

async function serve(
  message: IncomingMessage,
  response: ServerResponse,
  answer: (request: Request) => Promise<Response>,
  refuse: () => Response,
): Promise<void> {
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  const request = requestOf(message, leaving.signal);
  const reply = request === undefined ? refuse() : await answer(request);
  if (response.destroyed) {
    await reply.body?.cancel();
    return;
  }
  // What was not taken of the body would be taken for the next request.
  if (!message.complete) response.setHeader("connection", "close");
  response.writeHead(reply.status, Object.fromEntries(reply.headers));
  response.flushHeaders();
  if (reply.body === null) response.end();
  else await send(reply.body, response);
}

function requestOf(message: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = "GET", url = "/", headers, socket } = message;
  const { host = "localhost" } = headers;
  if (!HOST.test(host) || !url.startsWith("/")) return undefined;
  const address = `${(socket as TLSSocket).encrypted ? "https" : "http"}://${host}${url}`;
  if (!URL.canParse(address)) return undefined;
  const init: RequestInit & { duplex?: "half" } = { method, signal, headers: headersOf(message) };
  if (!BODILESS.has(method)) Object.assign(init, { body: Readable.toWeb(message), duplex: "half" });
  try {
    return new Request(address, init);
  } catch {
    // A method that `Request` does not take, such as TRACE.
    return undefined;
  }
}

function headersOf({ headers }: IncomingMessage): Headers {
  const copied = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) copied.set(name, String(value));
  return copied;
}

/** Sends a body as its reader takes it. What breaks off below breaks off here. */
async function send(body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = body.getReader();
  let onRoom = (): void => undefined;
  response.on("drain", () => onRoom());
  response.once("close", () => {
    onRoom();
    reader.cancel().catch(() => undefined);
  });
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    if (response.write(read.value) || response.destroyed) continue;
    await new Promise<void>((resolve) => {
      onRoom = resolve;
    });
  }
  response.end();
}
