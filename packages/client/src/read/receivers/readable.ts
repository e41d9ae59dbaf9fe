import type { Format, Piece } from "../formats/format.ts";
import type { Receiver } from "./receiver.ts";

/** A receiver with the stream that it feeds. */
export interface ReadableReceiver<T extends Piece, Item> extends Receiver<T> {
  readonly stream: ReadableStream<Item>;
  /** The session is over; everything was delivered but what the format held back. */
  end(): void;
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
  /** What is offered to the stream, how much of it was taken, and what to do when all of it is. */
  let items: readonly Item[] = [];
  let taken = 0;
  let whenTaken!: () => void;
  let isWanted = false;
  let isOver = false;

  const hand = () => {
    if (!isWanted || taken === items.length) return;
    const item = items[taken++] as Item;
    isWanted = false;
    if (taken === items.length) whenTaken();
    controller.enqueue(item);
  };
  const present = (piece: T, commit?: () => void): void | Promise<void> => {
    items = split(piece);
    taken = 0;
    if (items.length === 0) return commit?.();
    return new Promise((resolve) => {
      whenTaken = () => {
        commit?.();
        resolve();
      };
      hand();
    });
  };
  const finish = (finishStream: () => void) => {
    if (!isOver) finishStream();
    isOver = true;
  };

  const stream = new ReadableStream<Item>(
    {
      start: (given) => {
        controller = given;
      },
      pull: () => {
        isWanted = true;
        hand();
      },
      cancel: () => finish(cancel),
    },
    { highWaterMark: 0 },
  );
  return {
    format,
    piece: present,
    page: present,
    stream,
    end: () =>
      finish(() => {
        for (const item of split(format.finish())) controller.enqueue(item);
        controller.close();
      }),
    fail: (error) => finish(() => controller.error(error)),
  };
}
