/**
 * Which streams a fork has its first bytes from. It never changes, so it is looked up once while the fork is in memory. Of the
 * sources only that is read: one that remembers thousands of producers takes milliseconds to bring back as a whole, and a
 * client may chain as many forks of such streams as there may be generations.
 */
import type { Catalog } from "../catalog/catalog.ts";
import type { Ancestor, Stream } from "../catalog/stream.ts";
import { ownStart } from "../stream/state.ts";
import type { Answer, Reading } from "./reading.ts";
import type { Turns, Work } from "./turns.ts";

/** Where forks come from: of a shard, what this needs. */
export interface LineageSource {
  readonly catalog: Pick<Catalog, "forkOf" | "weigh">;
  readonly turns: Pick<Turns, "run">;
}

/** Sources looked up at once: each may take most of a millisecond, to see that its row is not damaged. */
const LOOKS_AT_ONCE = 2;

const NO_ANCESTORS: readonly Ancestor[] = [];
const NO_BYTES = new Uint8Array(0);

/**
 * The streams before a stream, nearest first. To be asked at the beginning of what goes on with `lineageAtHand`. Throws, or
 * rejects, with `DamagedData`.
 */
export function lineageOf(source: LineageSource, stream: Stream): Answer<readonly Ancestor[]> {
  if (stream.lineage !== undefined) return stream.lineage;
  if (stream.state.fork === undefined) return NO_ANCESTORS;
  const search = lookUp(source, stream);
  const first = search.next();
  return first.done ? first.value : inTurns(source, stream, search);
}

/** The same, at once: nearly always it was asked for before. */
export function lineageAtHand(source: LineageSource, stream: Stream): readonly Ancestor[] {
  if (stream.lineage !== undefined) return stream.lineage;
  if (stream.state.fork === undefined) return NO_ANCESTORS;
  const search = lookUp(source, stream);
  for (;;) {
    const { done, value } = search.next(NO_BYTES);
    if (done) return value;
  }
}

function* inTurns(
  source: LineageSource,
  stream: Stream,
  search: Work<readonly Ancestor[]>,
): Reading<readonly Ancestor[]> {
  yield source.turns.run(search).then(() => NO_BYTES);
  return lineageAtHand(source, stream);
}

function* lookUp(source: LineageSource, stream: Stream): Work<readonly Ancestor[]> {
  const lineage: Ancestor[] = [];
  for (let { fork } = stream.state; fork !== undefined; ) {
    if (lineage.length > 0 && lineage.length % LOOKS_AT_ONCE === 0) yield undefined;
    const id = fork.sourceId;
    fork = source.catalog.forkOf(id);
    lineage.push({ id, start: fork === undefined ? 0 : fork.offset });
  }
  stream.lineage = lineage;
  source.catalog.weigh(stream);
  return lineage;
}

/** Whoever holds bytes of a stream from a position on, nearest first: itself, and its ancestors as far as they are needed. */
export function holdersFrom(source: LineageSource, stream: Stream, from: number): readonly Ancestor[] {
  const own = { id: stream.state.id, start: ownStart(stream.state) };
  if (own.start <= from) return [own];
  const lineage = lineageAtHand(source, stream);
  return [own, ...lineage.slice(0, lineage.findIndex(({ start }) => start <= from) + 1)];
}
