/** The Durable Streams server below: one inside this process, or one at an address. */
import { HEADER } from "../core/headers.ts";

/** Anything with a fetch handler, such as `createServer()` of `@perennial/server`. */
export interface FetchServer {
  fetch(request: Request): Promise<Response>;
}

export interface UpstreamOptions {
  /** Origin of a server, such as `http://127.0.0.1:4437`. */
  readonly dsServerUrl?: string | undefined;
  /** Or the server itself. */
  readonly dsServer?: FetchServer | undefined;
  /** Sent with every request to it, such as its credentials. */
  readonly dsServerHeaders?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether clients show credentials of their own, with which what they ask is asked of the server below. `dsServerHeaders` then
   * count for what is done of its own accord, which is to make snapshots. Default false.
   */
  readonly clientAuth?: boolean | undefined;
}

/** What a request below brings. */
export interface UpstreamRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of the longest body that is given whole. */
const WHOLE_BYTES = 1024 * 1024;
/** Bytes of the pieces of a longer one. */
const PIECE_BYTES = 256 * 1024;

export class Upstream {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  #server: FetchServer | undefined;
  readonly #clientAuth: boolean;

  /** @throws TypeError without a server */
  constructor({ dsServerUrl, dsServer, dsServerHeaders = {}, clientAuth = false }: UpstreamOptions) {
    if (dsServerUrl === undefined && dsServer === undefined)
      throw new TypeError("a Yjs server needs dsServerUrl or dsServer: where its streams are");
    this.url = new URL(dsServerUrl ?? "http://localhost").href.replace(/\/$/, "");
    this.headers = dsServerHeaders;
    this.#server = dsServer;
    this.#clientAuth = clientAuth;
  }

  /** The server that it is mounted in gives it a way to all streams, which it is to use from now on. */
  attach(server: FetchServer): void {
    this.#server = server;
  }

  /** The same, for what a client asks. */
  for({ headers, method, url }: Request): Upstream {
    if (!this.#clientAuth) return this;
    return new Upstream({
      ...{ dsServerUrl: this.url, dsServer: this.#server },
      dsServerHeaders: credentials(headers, method, url),
    });
  }

  /** Sends a request. Rejects when the server cannot be reached, or the signal is aborted. */
  send(method: string, path: string, request: UpstreamRequest = {}): Promise<Response> {
    const init: RequestInit = { method, headers: { ...request.headers, ...this.headers } };
    if (request.body !== undefined) Object.assign(init, bodyOf(request.body));
    if (request.signal !== undefined) init.signal = request.signal;
    const url = `${this.url}${path}`;
    return this.#server === undefined ? fetch(url, init) : this.#server.fetch(new Request(url, init));
  }

  /** Passes a request on as it is, which is for the server below. */
  forward(request: Request): Promise<Response> {
    if (this.#server !== undefined) return this.#server.fetch(request);
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    for (const name of ["host", "connection", HEADER.contentLength, "expect"]) headers.delete(name);
    for (const [name, value] of Object.entries(this.headers)) headers.set(name, value);
    const init: RequestInit & { duplex?: "half" } = {
      method: request.method,
      headers,
      signal: request.signal,
    };
    if (request.body !== null) Object.assign(init, { body: request.body, duplex: "half" });
    return fetch(`${this.url}${pathname}${search}`, { ...init, redirect: "manual" });
  }
}

/** A long body goes in pieces: given whole, it is copied as often as it is handed on, each time in one turn of the event loop. */
function bodyOf(body: Uint8Array<ArrayBuffer> | string): RequestInit & { duplex?: "half" } {
  if (typeof body === "string" || body.length <= WHOLE_BYTES) return { body };
  let at = 0;
  const pieces = new ReadableStream<Uint8Array>({
    async pull(controller) {
      // Whoever reads them copies them, all that are there in one turn.
      await new Promise(setImmediate);
      if (at === body.length) return controller.close();
      const piece = body.subarray(at, at + PIECE_BYTES);
      at += piece.length;
      controller.enqueue(piece);
    },
  });
  return { body: pieces, duplex: "half" };
}

/** What a client shows of itself: the header, or for reads what stands in the query, as the server below reads it. */
function credentials(headers: Headers, method: string, url: string): Record<string, string> {
  const header = headers.get("Authorization");
  if (header !== null) return { authorization: header };
  const isRead = method === "GET" || method === "HEAD";
  const [token, ...others] = isRead ? new URL(url).searchParams.getAll("access_token") : [];
  // A token only: a secret does not count in a query.
  const isToken = token?.includes(".") === true && others.length === 0;
  return isToken ? { authorization: `Bearer ${token}` } : {};
}

/** Reads an answer to nothing, so that its connection is free for others. */
export async function discard(response: Response): Promise<Response> {
  await response.arrayBuffer();
  return response;
}
