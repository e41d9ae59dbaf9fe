/** Bodies of updates: whole frames. Anything else would be the end of a document for everybody. */
import { endOfFrames } from "../../core/framing.ts";

/** Frames looked at in one turn of the event loop: less than a millisecond. */
const FRAMES_PER_TURN = 50_000;

/** What is said of a body that is no frames. */
export const NOT_FRAMES = "The body must be whole frames: each a length and so many bytes";

/** Whether a body is whole frames, at least one. A long one of short frames is looked at over several turns. */
export async function areWholeFrames(body: Uint8Array): Promise<boolean> {
  let at = endOfFrames(body, 0, FRAMES_PER_TURN);
  while (at !== undefined && at < body.length) {
    await new Promise(setImmediate);
    at = endOfFrames(body, at, FRAMES_PER_TURN);
  }
  return at !== undefined && body.length > 0;
}
