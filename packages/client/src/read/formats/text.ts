import { decodeBase64 } from "./base64.ts";
import { BytesFormat } from "./bytes.ts";
import type { Format } from "./format.ts";

const MORE_FOLLOWS = { stream: true };

/** UTF-8 text. One decoder serves all pages: a character may lie across a boundary. */
export class TextFormat implements Format<string> {
  readonly #bytes = new BytesFormat();
  readonly #decoder = new TextDecoder();

  push(bytes: Uint8Array): string | undefined {
    const fresh = this.#bytes.push(bytes);
    return fresh && (this.#decoder.decode(fresh, MORE_FOLLOWS) || undefined);
  }

  finishPage(): undefined {
    this.#bytes.finishPage();
  }

  restartPage(): void {
    this.#bytes.restartPage();
  }

  events(payloads: readonly string[], base64: boolean): string | undefined {
    let text = "";
    for (const payload of payloads) {
      text += base64
        ? this.#decoder.decode(decodeBase64(payload), MORE_FOLLOWS)
        : this.#decoder.decode() + payload;
    }
    return text || undefined;
  }

  finish(): string | undefined {
    return this.#decoder.decode() || undefined;
  }

  join(pieces: readonly string[]): string {
    return pieces.join("");
  }
}
