import type { JsonBatchMeta } from "../../batches.ts";
import type { Format } from "../formats/format.ts";
import type { Receiver } from "./receiver.ts";

/** Calls back once per page, the empty ones included, and waits for the callback's promise. */
export class Subscriber<T> implements Receiver<T> {
  readonly format: Format<T>;
  readonly #deliver: (data: T, meta: JsonBatchMeta) => void | Promise<void>;
  #pieces: T[] = [];

  constructor(format: Format<T>, deliver: (data: T, meta: JsonBatchMeta) => void | Promise<void>) {
    this.format = format;
    this.#deliver = deliver;
  }

  piece(piece: T): void {
    this.#pieces.push(piece);
  }

  page(rest: T | undefined, meta: JsonBatchMeta, commit: () => void): void | Promise<void> {
    if (rest !== undefined) this.#pieces.push(rest);
    const data = this.format.join(this.#pieces);
    this.#pieces = [];
    commit();
    return this.#deliver(data, meta);
  }
}
