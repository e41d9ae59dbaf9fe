import type { JsonBatchMeta } from "../../batches.ts";
import type { Format } from "../formats/format.ts";
import type { Receiver } from "./receiver.ts";

/** Calls back once per page, the empty ones included, and waits for the callback's promise. */
export class Subscriber<T> implements Receiver<T> {
  readonly format: Format<T>;
  readonly #deliver: (data: T, meta: JsonBatchMeta) => unknown;
  #pieces: T[] = [];

  constructor(format: Format<T>, deliver: (data: T, meta: JsonBatchMeta) => unknown) {
    this.format = format;
    this.#deliver = deliver;
  }

  piece(piece: T): void {
    this.#pieces.push(piece);
  }

  page(rest: T | undefined, meta: JsonBatchMeta, commit: () => void): void | Promise<void> {
    const data = this.#pageData(rest);
    commit();
    const done = this.#deliver(data, meta);
    if (isThenable(done)) return Promise.resolve(done).then(() => undefined);
  }

  end(): void {}

  fail(): void {}

  #pageData(rest: T | undefined): T {
    if (this.#pieces.length === 0 && rest !== undefined) return rest;
    const pieces = rest === undefined ? this.#pieces : [...this.#pieces, rest];
    this.#pieces = [];
    return this.format.join(pieces);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined)?.then === "function";
}
