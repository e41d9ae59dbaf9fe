/** Which streams hold state, so that their messages are shown with their offsets (docs/extensions.md). */
import type { Stream } from "../catalog/stream.ts";
import { MessageScanner } from "../stored/messages.ts";
import { beginsWithStateMessage } from "../stored/state-offsets.ts";
import { type ByteSource, pieces, wholeSlice } from "./bytes.ts";
import { inSteps, type Reading } from "./reading.ts";

/** Messages longer than this are shown as they are stored: to name their offsets takes all of them at once. */
export const NAMED_BYTES = 256 * 1024;

/**
 * A JSON stream is a state stream if its first message is a message of the State Protocol. It is looked at once, since
 * it never changes: other streams cost nothing more.
 */
export class StateStreams {
  readonly #known = new WeakMap<Stream, boolean>();

  /** Whether the stream is a state stream. False as long as it is empty. */
  *has(source: ByteSource, stream: Stream): Reading<boolean> {
    if (!stream.state.json || stream.visibleTail === 0) return false;
    let verdict = this.#known.get(stream);
    if (verdict === undefined) {
      const first = yield* firstMessage(source, stream);
      verdict = first !== undefined && beginsWithStateMessage(first);
      this.#known.set(stream, verdict);
    }
    return verdict;
  }
}

/** Where streams are, and whether state streams are told from others there. */
interface NamingSource extends ByteSource {
  readonly stateStreams: StateStreams | undefined;
}

/** Whether this server shows the messages of this stream with their offsets. */
export function* namesOffsets(source: NamingSource, stream: Stream): Reading<boolean> {
  const { stateStreams } = source;
  return stateStreams === undefined ? false : yield* stateStreams.has(source, stream);
}

/** Undefined if it is longer than `NAMED_BYTES`. */
function* firstMessage(source: ByteSource, stream: Stream): Reading<Uint8Array | undefined> {
  const scanner = new MessageScanner();
  yield* pieces(source, stream, 0, Math.min(stream.visibleTail, NAMED_BYTES), (bytes) => {
    scanner.scan(bytes, 1);
    return scanner.count === 0;
  });
  return scanner.count === 0 ? undefined : yield* inSteps(wholeSlice(source, stream, 0, scanner.boundary));
}
