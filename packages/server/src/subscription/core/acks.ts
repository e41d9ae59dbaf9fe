/** Whether what a worker says about its wake is true, and which cursors it moves: all of them, or none. Pure. */
import { ok, type Result, reject } from "@perennial/protocol";
import { fenced, invalidOffset, type Refusal } from "./rejections.ts";
import type { Ack } from "./requests.ts";
import type { Link, Mark, Progress } from "./state.ts";

/** A link as it stands, with where its stream ends for readers. */
export interface Standing {
  readonly link: Link;
  readonly tail: number;
}

/** Whether a worker speaks of the wake that is under way. */
export function judgeWake(
  { wake, generation }: Progress,
  told: { readonly wakeId: string; readonly generation: number },
): Refusal | undefined {
  return wake?.id === told.wakeId && generation === told.generation ? undefined : fenced();
}

/**
 * The links that the acks move. One may repeat the cursor, but not go back, nor beyond what there is. Of a stream that was deleted
 * meanwhile a worker cannot know: what it says of it counts for nothing, also where there is another one at its path.
 */
export function judgeAcks(
  acks: readonly Ack[],
  standingOf: (path: string) => Standing | undefined,
  gone: readonly string[],
): Result<readonly Link[], Refusal> {
  const moved = new Map<string, Link>();
  for (const { stream, position } of acks) {
    if (gone.includes(stream)) continue;
    const standing = standingOf(stream);
    if (standing === undefined)
      return reject(invalidOffset(stream, "is of a stream that is not subscribed to"));
    const link = moved.get(stream) ?? standing.link;
    if (position < link.acked) return reject(invalidOffset(stream, "is below its cursor"));
    if (position > Math.max(standing.tail, link.acked, 0))
      return reject(invalidOffset(stream, "is beyond the end of the stream"));
    if (position !== link.acked) moved.set(stream, { ...link, acked: position });
  }
  return ok([...moved.values()]);
}

/** The links that a webhook moves which answers that it is done: up to where their streams ended when its wake began. */
export function autoAcked(
  marks: readonly Mark[],
  standingOf: (path: string) => Standing | undefined,
): readonly Link[] {
  const moved: Link[] = [];
  for (const { path, streamId, tail } of marks) {
    const link = standingOf(path)?.link;
    if (link !== undefined && link.streamId === streamId && tail > link.acked)
      moved.push({ ...link, acked: tail });
  }
  return moved;
}
