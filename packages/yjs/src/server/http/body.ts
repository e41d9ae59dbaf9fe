/** Bodies of requests, under a limit each and one together. */

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
   * @returns what `use` gives; `too-long` or `busy` if it was not received whole
   */
  async with<Result>(
    request: Request,
    use: (body: Uint8Array<ArrayBuffer>) => Promise<Result>,
  ): Promise<Result | "too-long" | "busy"> {
    const parts: Uint8Array[] = [];
    let length = 0;
    const reader = request.body?.getReader();
    try {
      for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
        length += read.value.length;
        this.#held += read.value.length;
        parts.push(read.value);
        const refusal =
          length > this.#bodyBytes ? "too-long" : this.#held > this.#totalBytes ? "busy" : undefined;
        if (refusal === undefined) continue;
        reader?.cancel().catch(() => undefined);
        return refusal;
      }
      return await use(joined(parts, length));
    } finally {
      this.#held -= length;
    }
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}
