import type { JsonBatchMeta } from "../../batches.ts";
import type { Format } from "../formats/format.ts";
import type { Receiver } from "./receiver.ts";

/** Collects everything up to the first page that reaches the tail, for the promise helpers. */
export class Collector<T> implements Receiver<T> {
  readonly format: Format<T>;
  readonly result: Promise<T>;
  readonly #pieces: T[] = [];
  readonly #stop: () => void;
  #resolve!: (value: T) => void;
  #reject!: (error: unknown) => void;

  /** @param stop - ends the session */
  constructor(format: Format<T>, stop: () => void) {
    this.format = format;
    this.#stop = stop;
    this.result = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  piece(piece: T): void {
    this.#pieces.push(piece);
  }

  page(rest: T | undefined, meta: JsonBatchMeta, commit: () => void): void {
    if (rest !== undefined) this.#pieces.push(rest);
    commit();
    if (meta.upToDate) this.#stop();
  }

  end(rest: T | undefined): void {
    if (rest !== undefined) this.#pieces.push(rest);
    this.#resolve(this.format.join(this.#pieces));
  }

  fail(error: unknown): void {
    this.#reject(error);
  }
}
