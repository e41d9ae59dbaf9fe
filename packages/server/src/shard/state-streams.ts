/** Which streams hold state, so that their messages are shown with their offsets (docs/extensions.md). */
import type { Stream } from "../catalog/stream.ts";
import { MessageScanner } from "../stored/messages.ts";
import { beginsWithStateMessage } from "../stored/state-offsets.ts";
import { type ByteSource, pieces, wholeSlice } from "./bytes.ts";
import { type Answer, inSteps, type Reading } from "./reading.ts";

/** Messages longer than this are shown as they are stored: to name their offsets takes all of them at once. */
export const NAMED_BYTES = 256 * 1024;

/** Where streams are, and whether their State messages are shown with their offsets. */
interface NamingSource extends ByteSource {
  readonly stateOffsets: boolean;
}

/**
 * Whether this server shows the messages of this stream with their offsets. A JSON stream is a state stream if its first
 * message is a message of the State Protocol, and none as long as it is empty. It is looked at once, since the first
 * message never changes, and the answer is then at hand: other streams cost nothing more.
 */
export function namesOffsets(source: NamingSource, stream: Stream): Answer<boolean> {
  if (!source.stateOffsets || !stream.state.json || stream.visibleTail === 0) return false;
  return stream.holdsState ?? lookAt(source, stream);
}

function* lookAt(source: ByteSource, stream: Stream): Reading<boolean> {
  const first = yield* firstMessage(source, stream);
  const verdict = first !== undefined && beginsWithStateMessage(first);
  stream.holdsState = verdict;
  return verdict;
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
