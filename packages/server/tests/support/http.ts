/** A bare HTTP client for tests: no retries, no default headers, everything of the answer at hand. */

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** The body as UTF-8. */
  readonly text: string;
  /** `Stream-Next-Offset`; fails when there is none. */
  readonly next: string;
}

export interface RequestParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** With its question mark. */
  readonly query?: string;
  readonly signal?: AbortSignal;
}

export const TEXT = { "Content-Type": "text/plain" } as const;
export const JSON_TYPE = { "Content-Type": "application/json" } as const;
export const BINARY = { "Content-Type": "application/octet-stream" } as const;

/** The three producer headers. */
export function producer(id: string, epoch: number, seq: number): Readonly<Record<string, string>> {
  return { "Producer-Id": id, "Producer-Epoch": String(epoch), "Producer-Seq": String(seq) };
}

/** An offset token. */
export function offset(position: number): string {
  return `0000000000000000_${String(position).padStart(16, "0")}`;
}

/** Requests to streams of one server, by name. */
export class Http {
  readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  path(name: string): string {
    return `/v1/stream/${name}`;
  }

  url(name: string, query = ""): string {
    return `${this.origin}${this.path(name)}${query}`;
  }

  put(name: string, parts: RequestParts = {}): Promise<Answer> {
    return this.send("PUT", this.path(name), parts);
  }

  post(name: string, parts: RequestParts = {}): Promise<Answer> {
    return this.send("POST", this.path(name), parts);
  }

  get(name: string, query = "", headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send("GET", this.path(name), { query, headers });
  }

  head(name: string): Promise<Answer> {
    return this.send("HEAD", this.path(name));
  }

  delete(name: string): Promise<Answer> {
    return this.send("DELETE", this.path(name));
  }

  /** Any method on any path from the origin's root. */
  async send(method: string, path: string, parts: RequestParts = {}): Promise<Answer> {
    const { headers = {}, body, query = "", signal } = parts;
    const response = await fetch(`${this.origin}${path}${query}`, {
      method,
      headers: { ...headers },
      redirect: "manual",
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      text: bytes.toString("utf8"),
      get next() {
        const token = response.headers.get("Stream-Next-Offset");
        if (token === null) throw new Error(`no Stream-Next-Offset on this ${response.status}`);
        return token;
      },
    };
  }
}

/** Whether a promise has settled by now. */
export async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol("pending");
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending;
}
