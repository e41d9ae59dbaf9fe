/** Where streams end, looked up for links that were not told of it: after a restart, and where they are made. */
import { STREAM_ROOT } from "@perennial/protocol";
import { unlessDamaged } from "../journal/contract/errors.ts";
import type { Shard } from "../shard/shard.ts";
import { ownStart, type StreamState } from "../stream/state.ts";
import type { Link } from "./core/state.ts";
import type { Notices } from "./notice.ts";
import type { Store } from "./store.ts";
import type { Subscription } from "./subscription.ts";

/** A stream, and where it ends for readers. */
export interface StreamEnd {
  readonly state: StreamState;
  readonly tail: number;
}

/** Streams looked at in one step: some hundred microseconds. */
const STEP = 40;

/** The stream at a path, relative to the root, and where it ends for readers. What is appended from now on is told. */
export function streamAt(shard: Shard, path: string): StreamEnd | undefined {
  const stream = unlessDamaged(() => shard.catalog.peekNewest(`${STREAM_ROOT}/${path}`));
  if (stream?.state.life !== "live") return undefined;
  // Records that are on their way were accepted before anybody watched.
  stream.isWatched = true;
  const { state, visibility, visibleTail } = stream;
  return { state, tail: visibility === "unborn" ? ownStart(state) : visibleTail };
}

/** A link to what is there now: its history counts as processed. */
export function linkNow(shard: Shard, path: string, kinds: Pick<Link, "isExplicit" | "isGlob">): Link {
  const stream = streamAt(shard, path);
  return { path, streamId: stream?.state.id ?? 0, acked: stream?.tail ?? 0, ...kinds };
}

/** Looks up where the streams of a subscription end, in steps. */
export function* refresh(
  shard: Shard,
  store: Store,
  notices: Notices,
  subscription: Subscription,
): Generator<void> {
  let looked = 0;
  for (const path of [...subscription.links.keys()]) {
    if (subscription.isGone) return;
    lookAt(shard, store, notices, subscription, path);
    if (++looked % STEP === 0) yield;
  }
  subscription.isFresh = true;
}

function lookAt(
  shard: Shard,
  store: Store,
  notices: Notices,
  subscription: Subscription,
  path: string,
): void {
  const link = subscription.links.get(path)?.link;
  if (link === undefined) return;
  const stream = streamAt(shard, path);
  const streamId = stream?.state.id ?? 0;
  if (link.streamId !== streamId && store.refusal() === undefined) {
    const isOver = link.streamId !== 0;
    if (isOver) notices.unlink(subscription, path);
    if (stream !== undefined && (!isOver || store.globs.isMatch(subscription, path))) {
      const acked = stream.state.fork === undefined ? -1 : ownStart(stream.state);
      const kinds = isOver ? { isExplicit: false, isGlob: true } : link;
      store.change(subscription, { links: [{ ...kinds, path, streamId, acked }] });
    }
  }
  const watched = subscription.links.get(path);
  if (watched !== undefined && stream !== undefined) notices.tell(watched, streamId, stream.tail, false);
}
