/** Node's requests and answers as those of the web platform. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export type Handler = (request: Request) => Promise<Response>;

/** The most that a request of a page may bring, in bytes. */
const BODY_MAX = 1_000_000;
/** The names of this machine. */
const HERE = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** A request that cannot be carried out, and why. */
class BadRequest extends Error {
  readonly status: 400 | 403 | 413;

  constructor(status: 400 | 403 | 413, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Whether it is the demo's own page that asks, or a program. Any page that this machine's browsers show can send requests here, and
 * any name can be made to lead here.
 */
function isOfOurPage({ headers }: IncomingMessage): boolean {
  const { host = "", origin } = headers;
  return HERE.test(host) && (origin === undefined || origin === `http://${host}`);
}

function toRequest(message: IncomingMessage, signal: AbortSignal): Request {
  if (!isOfOurPage(message))
    throw new BadRequest(403, "Only the page of this demo may ask, on this machine.");
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
    if (error instanceof BadRequest && !response.headersSent) {
      // What is left of the request is not read.
      response.writeHead(error.status, { "content-type": "text/plain", connection: "close" });
      response.end(error.message);
      return;
    }
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

/**
 * The JSON of a request; undefined where there is none.
 *
 * @param max - the most that it may be, in bytes
 * @throws BadRequest when it is longer, or no JSON
 */
export async function jsonOf(request: Request, max = BODY_MAX): Promise<unknown> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const piece of (request.body ?? []) as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    length += piece.byteLength;
    if (length > max) throw new BadRequest(413, "The request is too long.");
    pieces.push(piece);
  }
  if (length === 0) return undefined;
  try {
    return JSON.parse(await new Blob(pieces).text());
  } catch {
    throw new BadRequest(400, "The request is no JSON.");
  }
}
