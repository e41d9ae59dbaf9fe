import type { Format, Piece } from "../formats/format.ts";
import type { Receiver } from "./receiver.ts";

/** What was offered to the stream and is not all taken. */
interface Offer<Item> {
  readonly items: readonly Item[];
  taken: number;
  readonly whenTaken: () => void;
}

/** A receiver with the stream that it feeds. */
export interface ReadableReceiver<T extends Piece, Item> extends Receiver<T> {
  readonly stream: ReadableStream<Item>;
  /** The session is over; everything but `rest` was delivered. */
  end(rest: T): void;
  /** The session failed. */
  fail(error: unknown): void;
}

/**
 * Hands a session to a `ReadableStream`, item by item and only on demand: an item counts as delivered when someone
 * takes it, not when it is queued, so that the visible offset never runs ahead.
 *
 * @param split - the items of a piece
 * @param cancel - ends the session; called when the consumer cancels the stream
 */
export function readableReceiver<T extends Piece, Item>(
  format: Format<T>,
  split: (piece: T) => readonly Item[],
  cancel: () => void,
): ReadableReceiver<T, Item> {
  let controller!: ReadableStreamDefaultController<Item>;
  let offer: Offer<Item> | undefined;
  /** Answers the stream's pending demand, if there is one. */
  let demand: (() => void) | undefined;
  let isOver = false;

  const hand = () => {
    if (demand === undefined || offer === undefined) return;
    controller.enqueue(offer.items[offer.taken++] as Item);
    if (offer.taken === offer.items.length) {
      offer.whenTaken();
      offer = undefined;
    }
    demand();
    demand = undefined;
  };
  const present = (piece: T, commit?: () => void): void | Promise<void> => {
    const items = split(piece);
    if (items.length === 0 || isOver) return commit?.();
    return new Promise((resolve) => {
      const whenTaken = () => {
        commit?.();
        resolve();
      };
      offer = { items, taken: 0, whenTaken };
      hand();
    });
  };
  const finish = (finishStream: () => void) => {
    if (isOver) return;
    isOver = true;
    finishStream();
    demand?.();
  };

  const stream = new ReadableStream<Item>(
    {
      start: (given) => {
        controller = given;
      },
      pull: () =>
        new Promise((resolve) => {
          demand = resolve;
          hand();
        }),
      cancel: () => {
        isOver = true;
        cancel();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    format,
    piece: present,
    page: (rest, _meta, commit) => present(rest, commit),
    stream,
    end: (rest) =>
      finish(() => {
        for (const item of split(rest)) controller.enqueue(item);
        controller.close();
      }),
    fail: (error) => finish(() => controller.error(error)),
  };
}
