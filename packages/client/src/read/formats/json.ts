import { parseError } from "../../errors/parse-error.ts";
import { decodeBase64 } from "./base64.ts";
import type { Format } from "./format.ts";
import { JsonArrayCutter } from "./json-array-cutter.ts";

/** From this length on, in UTF-16 code units, a page is parsed while it arrives. Below, all at once is faster. */
export const INCREMENTAL_PARSE_LENGTH = 256 * 1024;

const MORE_FOLLOWS = { stream: true };

/** JSON messages: the elements of each page's array. A page that is no array counts as one message. */
export class JsonFormat<T> implements Format<readonly T[]> {
  #decoder = new TextDecoder();
  #cutter = new JsonArrayCutter();
  /** What has arrived of the page and is not parsed yet. */
  #text = "";
  /** How much of `#text` the cutter has seen. */
  #scanned = 0;
  /** Whether the page's beginning was parsed: what is left lacks its opening bracket. */
  #cut = false;
  /** Messages of the current page handed on, and those of them to drop when it is read again. */
  #passed = 0;
  #skip = 0;

  push(bytes: Uint8Array): readonly T[] | undefined {
    this.#text += this.#decoder.decode(bytes, MORE_FOLLOWS);
    if (this.#text.length < INCREMENTAL_PARSE_LENGTH || !(this.#cut || startsArray(this.#text)))
      return undefined;
    const at = this.#cutter.lastCut(this.#text, this.#scanned);
    this.#scanned = this.#text.length;
    if (at < 0) return undefined;
    const head = `${this.#cut ? "[" : ""}${this.#text.slice(0, at)}]`;
    this.#text = this.#text.slice(at + 1);
    this.#scanned -= at + 1;
    this.#cut = true;
    return this.#pass(parse<T>(head));
  }

  finishPage(): readonly T[] | undefined {
    const text = this.#text + this.#decoder.decode();
    const messages = this.#pass(parse<T>(this.#cut ? `[${text}` : text));
    this.#reset();
    this.#passed = 0;
    this.#skip = 0;
    return messages;
  }

  restartPage(): void {
    this.#skip += this.#passed;
    this.#passed = 0;
    this.#reset();
  }

  events(payloads: readonly string[], base64: boolean): readonly T[] | undefined {
    const texts = base64
      ? payloads.map((payload) => new TextDecoder().decode(decodeBase64(payload)))
      : payloads;
    if (texts.length === 1) return parse<T>(texts[0] as string);
    return texts.flatMap((text) => parse<T>(text));
  }

  finish(): undefined {}

  join(pieces: readonly (readonly T[])[]): readonly T[] {
    return pieces.length === 1 ? (pieces[0] as readonly T[]) : (pieces.flat(1) as T[]);
  }

  /** Counts messages as handed on, without those that were handed on before the page broke off. */
  #pass(messages: readonly T[]): readonly T[] | undefined {
    const skipped = Math.min(this.#skip, messages.length);
    this.#skip -= skipped;
    this.#passed += messages.length;
    const fresh = skipped === 0 ? messages : messages.slice(skipped);
    return fresh.length === 0 ? undefined : fresh;
  }

  #reset(): void {
    this.#decoder = new TextDecoder();
    this.#cutter = new JsonArrayCutter();
    this.#text = "";
    this.#scanned = 0;
    this.#cut = false;
  }
}

function startsArray(text: string): boolean {
  return text.trimStart().startsWith("[");
}

function parse<T>(text: string): readonly T[] {
  if (text.trim() === "") return [];
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as T[]) : [value as T];
  } catch {
    throw parseError("JSON response", text);
  }
}
