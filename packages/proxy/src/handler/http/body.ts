/** Bodies of requests, received whole: a request may have to be sent again, and is known by its body. */
import { joinBytes, type Result, reject } from "@perennial/protocol";
import type { Problem } from "./errors.ts";

/** How much may be held for all requests together. */
export class BodyBudget {
  #held = 0;
  readonly #bodyBytes: number;
  readonly #totalBytes: number;

  constructor(bodyBytes: number, totalBytes: number) {
    this.#bodyBytes = bodyBytes;
    this.#totalBytes = totalBytes;
  }

  /** Receives a body, and holds it for as long as `use` takes. */
  async with<Value>(
    request: Request,
    use: (body: Uint8Array<ArrayBuffer>) => Promise<Value>,
  ): Promise<Result<Value, Problem>> {
    const parts: Uint8Array[] = [];
    let length = 0;
    const reader = request.body?.getReader();
    try {
      for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
        length += read.value.length;
        this.#held += read.value.length;
        parts.push(read.value);
        if (length <= this.#bodyBytes && this.#held <= this.#totalBytes) continue;
        reader?.cancel().catch(() => undefined);
        return reject(length > this.#bodyBytes ? TOO_LARGE : BUSY);
      }
      return { kind: "ok", value: await use(joinBytes(parts)) };
    } finally {
      this.#held -= length;
    }
  }
}

const TOO_LARGE: Problem = { code: "REQUEST_TOO_LARGE", message: "The body is longer than is taken" };
const BUSY: Problem = { code: "UNAVAILABLE", message: "Too much is being received: try again" };
