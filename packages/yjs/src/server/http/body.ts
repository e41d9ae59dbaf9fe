/** Bodies of requests, under a limit each and one together. */
import { type Result, reject } from "../../core/result.ts";
import { errorResponse } from "./errors.ts";

/** Bytes copied in one turn of the event loop: less than a millisecond. */
const TURN_BYTES = 1024 * 1024;

/** Bytes of all bodies that are being received or passed on. */
export class BodyBudget {
  readonly #bodyBytes: number;
  readonly #totalBytes: number;
  #held = 0;

  /** @param bodyBytes of one body, @param totalBytes of all together */
  constructor(bodyBytes: number, totalBytes: number) {
    this.#bodyBytes = bodyBytes;
    this.#totalBytes = totalBytes;
  }

  /**
   * Receives a body, hands it over, and forgets it.
   *
   * @param most bytes of it, where that is less than what bodies may have
   * @returns what `use` gives, or why the body was not received whole, as the answer that says so
   */
  async with<Value>(
    request: Request,
    use: (body: Uint8Array<ArrayBuffer>) => Promise<Value>,
    most = this.#bodyBytes,
  ): Promise<Result<Value, Response>> {
    const parts: Uint8Array[] = [];
    let length = 0;
    const reader = request.body?.getReader();
    try {
      for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
        length += read.value.length;
        this.#held += read.value.length;
        parts.push(read.value);
        const isTooLong = length > Math.min(most, this.#bodyBytes);
        if (!isTooLong && this.#held <= this.#totalBytes) continue;
        reader?.cancel().catch(() => undefined);
        return reject(isTooLong ? tooLong() : busy());
      }
      return { kind: "ok", value: await use(await joined(parts, length)) };
    } finally {
      this.#held -= length;
    }
  }
}

function tooLong(): Response {
  return errorResponse("TOO_LARGE", "the body is too long");
}

function busy(): Response {
  return errorResponse("UNAVAILABLE", "too much is being received: try again");
}

/** The parts as one. Of many mebibytes a few are copied in one turn of the event loop. */
async function joined(parts: readonly Uint8Array[], length: number): Promise<Uint8Array<ArrayBuffer>> {
  const body = new Uint8Array(length);
  let at = 0;
  let copied = 0;
  for (const part of parts)
    for (let from = 0; from < part.length; from += TURN_BYTES) {
      const piece = part.subarray(from, from + TURN_BYTES);
      body.set(piece, at);
      at += piece.length;
      copied += piece.length;
      if (copied < TURN_BYTES) continue;
      copied = 0;
      await new Promise(setImmediate);
    }
  return body;
}
