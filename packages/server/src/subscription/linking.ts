/** The streams that a new pattern matches already. */
import { matchesGlob, parseGlob, STREAM_ROOT } from "@perennial/protocol";
import type { Shard } from "../shard/shard.ts";
import type { Work } from "../shard/turns.ts";
import { isOwnPath } from "../stream/paths.ts";
import { ownStart } from "../stream/state.ts";
import type { Wanted } from "./core/requests.ts";
import type { Link } from "./core/state.ts";
import { fixedPrefix } from "./core/watchers.ts";
import { firstCursor, mayBeMissed, relativePath } from "./notice.ts";
import type { Store } from "./store.ts";
import type { Subscription } from "./subscription.ts";
import { linkNow, streamAt } from "./tails.ts";

/**
 * Streams that are looked at when a pattern is made. Those beyond are linked when something is appended to them, just before it:
 * which comes to the same, since nothing before counts.
 */
const LOOKED_AT = 1000;
const PAGE = 50;

/** Links to those that there are, up to a limit, in steps. */
export function globLinks(shard: Shard, store: Store, wanted: Wanted): Promise<readonly Link[]> {
  return shard.turns.run(steps(shard, store, wanted) as Work<readonly Link[]>);
}

function* steps(
  shard: Shard,
  store: Store,
  { pattern, wakeStream }: Wanted,
): Generator<void, readonly Link[]> {
  const links: Link[] = [];
  for (const paths of matchingPages(shard, store, pattern!, LOOKED_AT)) {
    for (const path of paths) {
      if (path === wakeStream) continue;
      const link = linkNow(shard, path, { isExplicit: false, isGlob: true });
      if (link.streamId !== 0) links.push(link);
    }
    yield;
  }
  return links;
}

/**
 * Links the streams that a pattern matches, were appended to since there was no room for them, and are not linked: from their
 * beginning, since nobody knows how far a worker is. So it may see some again, but misses nothing.
 */
export function* findMissed(
  shard: Shard,
  store: Store,
  subscription: Subscription,
  hasRoom: () => boolean,
): Generator<void> {
  const { settings, links } = subscription;
  for (const paths of matchingPages(shard, store, settings.pattern!, Number.POSITIVE_INFINITY)) {
    if (subscription.isGone || store.refusal() !== undefined) return;
    for (const path of paths) {
      const stream = links.has(path) ? undefined : streamAt(shard, path);
      if (stream === undefined || !mayBeMissed(subscription, stream.state)) continue;
      if (!hasRoom()) {
        subscription.hasMissed = true;
        return;
      }
      const { state } = stream;
      const acked = firstCursor(state, ownStart(state));
      store.change(subscription, {
        links: [{ path, streamId: state.id, acked, isExplicit: false, isGlob: true }],
      });
    }
    yield;
  }
}

/** Paths that a pattern matches, relative to the root, in pages. */
function* matchingPages(
  shard: Shard,
  store: Store,
  pattern: string,
  most: number,
): Generator<readonly string[]> {
  const glob = parseGlob(pattern);
  if (glob.kind === "rejected") return;
  const prefix = `${STREAM_ROOT}/${fixedPrefix(glob.value)}`;
  let looked = 0;
  for (let after: string | undefined = ""; after !== undefined && looked < most; looked += PAGE) {
    const page = shard.catalog.paths(prefix, after, PAGE);
    const isOurs = (full: string): boolean =>
      !isOwnPath(full) &&
      matchesGlob(glob.value, relativePath(full)) &&
      store.wakeStreams.get(relativePath(full)).size === 0;
    yield page.paths.filter(isOurs).map(relativePath);
    after = page.next;
  }
}
