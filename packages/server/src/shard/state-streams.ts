/** Which streams hold state, so that their messages are shown with their offsets (docs/extensions.md). */
import type { Stream } from "../catalog/stream.ts";
import { MessageScanner } from "../stored/messages.ts";
import { beginsWithStateMessage } from "../stored/state-offsets.ts";
import { pieces, wholeSlice } from "./bytes.ts";
import type { Shard } from "./shard.ts";

/**
 * A JSON stream is a state stream if its first message is a message of the State Protocol. It is looked at once, since
 * it never changes: other streams cost nothing more.
 */
export class StateStreams {
  readonly #known = new WeakMap<Stream, boolean>();

  /** Whether the stream is a state stream. False as long as it is empty. */
  has(shard: Shard, stream: Stream): boolean {
    if (!stream.state.json || stream.visibleTail === 0) return false;
    let verdict = this.#known.get(stream);
    if (verdict === undefined) {
      verdict = beginsWithStateMessage(firstMessage(shard, stream));
      this.#known.set(stream, verdict);
    }
    return verdict;
  }
}

/** Whether this server shows the messages of this stream with their offsets. */
export function namesOffsets(shard: Shard, stream: Stream): boolean {
  return shard.stateStreams?.has(shard, stream) === true;
}

function firstMessage(shard: Shard, stream: Stream): Uint8Array {
  const scanner = new MessageScanner();
  for (const piece of pieces(shard, stream, 0, stream.visibleTail)) {
    scanner.scan(piece, 1);
    if (scanner.count > 0) break;
  }
  return wholeSlice(shard, stream, 0, scanner.boundary);
}
