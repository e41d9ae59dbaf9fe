import { decodeBase64 } from "./base64.ts";
import type { Format } from "./format.ts";

/** Bytes as they are. */
export class BytesFormat implements Format<Uint8Array> {
  readonly #encoder = new TextEncoder();
  /** Bytes of the current page handed on. */
  #passed = 0;
  /** Bytes still to drop of a page that is read again. */
  #skip = 0;

  push(bytes: Uint8Array): Uint8Array | undefined {
    const skipped = Math.min(this.#skip, bytes.length);
    this.#skip -= skipped;
    const fresh = skipped === 0 ? bytes : bytes.subarray(skipped);
    this.#passed += fresh.length;
    return fresh.length === 0 ? undefined : fresh;
  }

  finishPage(): undefined {
    this.#passed = 0;
    this.#skip = 0;
  }

  restartPage(): void {
    this.#skip = this.#passed;
  }

  events(payloads: readonly string[], base64: boolean): Uint8Array | undefined {
    const pieces = payloads.map((payload) =>
      base64 ? decodeBase64(payload) : this.#encoder.encode(payload),
    );
    const bytes = pieces.length === 1 ? (pieces[0] as Uint8Array) : this.join(pieces);
    return bytes.length === 0 ? undefined : bytes;
  }

  finish(): undefined {}

  join(pieces: readonly Uint8Array[]): Uint8Array {
    if (pieces.length === 1) return pieces[0] as Uint8Array;
    const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  }
}
