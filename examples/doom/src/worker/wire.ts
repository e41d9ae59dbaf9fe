/** What goes over the wire, counted where it does: a `fetch` that takes notes. */

export interface Note {
  readonly method: string;
  /** The part of the address behind the place. */
  readonly path: string;
  readonly status: number;
  /** Of the request. */
  readonly bytes: number;
  readonly ms: number;
  /** The offset after it. */
  readonly offset: string;
}

export interface WireReport {
  readonly appends: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** For how long every request has failed, in ms; 0 while they are answered. */
  readonly awayMs: number;
  /** Where the frames' stream ended, as the server said last. */
  readonly offset: string;
  /** The latest requests, newest first. */
  readonly notes: readonly Note[];
}

const MAX_NOTES = 12;
/** Browsers give such a response a body, and let nobody make one that has. */
const WITHOUT_BODY = new Set([204, 205, 304]);

export class Wire {
  #appends = 0;
  #sent = 0;
  #received = 0;
  #offset = "";
  #notes: Note[] = [];
  /** When the first request failed since one was answered. */
  #awaySince: number | undefined;
  readonly #base: string;

  /** @param base - the part of addresses that is not worth showing */
  constructor(base: string) {
    this.#base = base;
  }

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const method = init?.method ?? "GET";
    const url = input instanceof Request ? input.url : String(input);
    const bytes = sizeOf(init?.body);
    const started = performance.now();
    const response = await this.#asked(input, init);
    const offset = response.headers.get("stream-next-offset") ?? "";
    if (method === "POST") this.#appends++;
    this.#sent += bytes;
    if (offset !== "" && method === "POST") this.#offset = offset;
    const path = url.replace(this.#base, "").replace(/\?.*/, "");
    const ms = Math.round(performance.now() - started);
    this.#notes = [{ method, path, status: response.status, bytes, ms, offset }, ...this.#notes].slice(
      0,
      MAX_NOTES,
    );
    return this.#counting(response);
  };

  async #asked(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    try {
      const response = await fetch(input, init);
      if (response.status < 500) this.#awaySince = undefined;
      else this.#awaySince ??= performance.now();
      return response;
    } catch (error) {
      if (init?.signal?.aborted !== true) this.#awaySince ??= performance.now();
      throw error;
    }
  }

  report(): WireReport {
    const awayMs = this.#awaySince === undefined ? 0 : performance.now() - this.#awaySince;
    const [appends, sentBytes, receivedBytes] = [this.#appends, this.#sent, this.#received];
    return { appends, sentBytes, receivedBytes, awayMs, offset: this.#offset, notes: this.#notes };
  }

  /** The same response, with a body whose bytes are counted as they are read. */
  #counting(response: Response): Response {
    if (response.body === null || WITHOUT_BODY.has(response.status)) return response;
    const body = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (part, controller) => {
          this.#received += part.length;
          controller.enqueue(part);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return Object.defineProperty(new Response(body, { status, statusText, headers }), "url", {
      value: response.url,
    });
  }
}

function sizeOf(body: BodyInit | null | undefined): number {
  if (typeof body === "string") return body.length;
  return body instanceof Uint8Array || body instanceof ArrayBuffer ? body.byteLength : 0;
}
