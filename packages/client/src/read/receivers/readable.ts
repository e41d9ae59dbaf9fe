import type { JsonBatchMeta } from "../../batches.ts";
import type { Format } from "../formats/format.ts";
import type { Receiver } from "./receiver.ts";

/** What was offered to the stream and is not all taken. */
interface Offer<Item> {
  readonly items: readonly Item[];
  taken: number;
  readonly whenTaken: () => void;
}

/**
 * Hands a session to a `ReadableStream`, item by item and only on demand: an item counts as delivered when someone
 * takes it, not when it is queued, so that the visible offset never runs ahead.
 */
export class ReadableReceiver<T, Item> implements Receiver<T> {
  readonly format: Format<T>;
  readonly stream: ReadableStream<Item>;
  readonly #split: (piece: T) => readonly Item[];
  #controller!: ReadableStreamDefaultController<Item>;
  #offer: Offer<Item> | undefined;
  /** Resolves the stream's pending demand, if there is one. */
  #demand: (() => void) | undefined;
  #over = false;

  /**
   * @param split - the items of a piece
   * @param cancel - ends the session; called when the consumer cancels the stream
   */
  constructor(format: Format<T>, split: (piece: T) => readonly Item[], cancel: (reason: unknown) => void) {
    this.format = format;
    this.#split = split;
    const start = (controller: ReadableStreamDefaultController<Item>) => {
      this.#controller = controller;
    };
    const onCancel = (reason: unknown) => {
      this.#over = true;
      this.#release();
      cancel(reason);
    };
    this.stream = new ReadableStream<Item>(
      { start, pull: () => this.#pull(), cancel: onCancel },
      { highWaterMark: 0 },
    );
  }

  piece(piece: T): void | Promise<void> {
    return this.#present(this.#split(piece), undefined);
  }

  page(rest: T | undefined, _meta: JsonBatchMeta, commit: () => void): void | Promise<void> {
    return this.#present(rest === undefined ? [] : this.#split(rest), commit);
  }

  /** The session is over; everything but `rest` was delivered. */
  end(rest: T | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#offer = undefined;
    for (const item of rest === undefined ? [] : this.#split(rest)) this.#controller.enqueue(item);
    this.#controller.close();
    this.#demand?.();
  }

  /** The session failed. */
  fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller.error(error);
    this.#demand?.();
  }

  #present(items: readonly Item[], commit: (() => void) | undefined): void | Promise<void> {
    if (items.length === 0 || this.#over) {
      commit?.();
      return;
    }
    return new Promise((resolve) => {
      const whenTaken = () => {
        commit?.();
        resolve();
      };
      this.#offer = { items, taken: 0, whenTaken };
      if (this.#demand !== undefined) this.#hand(this.#offer);
    });
  }

  #pull(): void | Promise<void> {
    if (this.#offer !== undefined) {
      this.#hand(this.#offer);
      return;
    }
    return new Promise((resolve) => {
      this.#demand = resolve;
    });
  }

  #hand(offer: Offer<Item>): void {
    const demand = this.#demand;
    this.#demand = undefined;
    this.#controller.enqueue(offer.items[offer.taken] as Item);
    offer.taken++;
    if (offer.taken === offer.items.length) {
      this.#offer = undefined;
      offer.whenTaken();
    }
    demand?.();
  }

  #release(): void {
    const offer = this.#offer;
    this.#offer = undefined;
    offer?.whenTaken();
  }
}
