import type { Reading } from "../shard/reading.ts";

/** A data event and its control event, ready to be written, or a part of them. */
export interface Frame {
  readonly bytes: Uint8Array;
  /** To be written behind `bytes`, together with them. */
  readonly control?: Uint8Array;
  /** The next part, when this is not all. Only its last part moves the position on. */
  readonly more?: () => Reading<Frame>;
  /** The position after it: where the next frame begins. */
  readonly end: number;
  /** Whether it is the last one: the stream is closed and all was sent. */
  readonly final: boolean;
}
