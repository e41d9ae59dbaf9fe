/** Create a stream or a fork, or confirm one (protocol §5 and §6). */
import type { Stream } from "../catalog/stream.ts";
import { StreamRemoved } from "../journal/contract/index.ts";
import type { CreateCommand, ForkRequest } from "../stream/commands.ts";
import { sameMediaType } from "../stream/decide-append.ts";
import {
  type CreateDecision,
  decideCreate,
  decideExisting,
  type ForkPlace,
} from "../stream/decide-create.ts";
import { type ForkPoint, type ForkSearch, findForkPoint, type WantedBytes } from "../stream/forks.ts";
import type { Unready } from "../stream/frame-body.ts";
import { type Rejected, reject } from "../stream/rejections.ts";
import { boundaryBefore, RangeReader } from "./bytes.ts";
import { isAbsent } from "./found.ts";
import { lineageAtHand, lineageOf } from "./lineage.ts";
import { judgeLong, readied } from "./long-body.ts";
import { durably, type Verdict } from "./outcomes.ts";
import { readOut } from "./reading.ts";
import { withRoom } from "./room.ts";
import type { Shard } from "./shard.ts";
import type { Work } from "./turns.ts";

export type CreateOutcome =
  | {
      /** `exists`: it was there, configured as asked. */
      readonly kind: "created" | "exists";
      readonly contentType: string;
      readonly nextPosition: number;
      readonly closed: boolean;
    }
  | Rejected;

/** Where a fork leaves its source, found before the creation is judged. */
interface LocatedFork {
  readonly kind: "located";
  /** Pinned; whoever gets this takes the pin off. */
  readonly source: Stream;
  readonly point: Exclude<ForkPoint, Rejected>;
}

/** The stream in which the fork point was found is not the source any more: find it again. */
interface SourceChanged {
  readonly kind: "source-changed";
}

const SOURCE_CHANGED: SourceChanged = { kind: "source-changed" };

/** How often a fork's source may change under its creation: more only while somebody makes and deletes it all the time. */
const ATTEMPTS = 3;

/** Creates the stream that the command describes; resolves once that is durable. */
export async function create(shard: Shard, command: CreateCommand): Promise<CreateOutcome> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const outcome = await tryCreate(shard, command);
    if (outcome.kind === "source-changed") continue;
    if (outcome.kind !== "unready") return outcome;
    return create(shard, await readied(shard, command, outcome));
  }
  return reject({ kind: "source-contended" });
}

async function tryCreate(
  shard: Shard,
  command: CreateCommand,
): Promise<CreateOutcome | Unready | SourceChanged> {
  const { fork, path, contentType } = command;
  // What has expired here ends first: it may be the last fork that the source is kept for.
  const isTaken = !isAbsent(shard.forWriting(path));
  if (fork === undefined || isTaken) return createAt(shard, command, undefined);
  const located = await locateFork(shard, fork, contentType);
  if (located.kind === "source-changed") return located;
  if (located.kind === "located") {
    return createAt(shard, command, located).finally(() => {
      located.source.pins -= 1;
    });
  }
  if (await restedOnLoss(shard, fork)) return SOURCE_CHANGED;
  return durably(
    shard,
    path,
    () => judgeExisting(shard, command) ?? { outcome: located, pending: undefined },
  );
}

function createAt(
  shard: Shard,
  command: CreateCommand,
  located: LocatedFork | undefined,
): Promise<CreateOutcome | Unready | SourceChanged> {
  const judge = () => durably(shard, command.path, () => judgeCreate(shard, command, located));
  const wouldCreate = () =>
    judgeExisting(shard, command) === undefined && decided(shard, 0, command, located).kind === "record";
  return command.isReady
    ? judgeLong(shard, command, wouldCreate, judge)
    : withRoom(shard, command.body.byteLength, judge);
}

/** Whether what was found out about a fork's source rested on a record that is lost meanwhile. */
async function restedOnLoss(shard: Shard, { sourcePath }: ForkRequest): Promise<boolean> {
  const unsettled = shard.catalog.newest(sourcePath)?.unsettled;
  return unsettled !== undefined && (await unsettled.settled) !== undefined;
}

function judgeExisting(shard: Shard, command: CreateCommand): Verdict<CreateOutcome> | undefined {
  const found = shard.forWriting(command.path);
  if (isAbsent(found)) return undefined;
  if (found.kind === "rejected") return { outcome: reject({ kind: "path-in-use" }), pending: undefined };
  const decision = decideExisting(found.stream.state, command);
  if (decision.kind === "rejected") return { outcome: decision, pending: undefined };
  const { contentType, tail, closed } = found.stream.state;
  return { outcome: { kind: "exists", contentType, nextPosition: tail, closed }, pending: undefined };
}

function judgeCreate(
  shard: Shard,
  command: CreateCommand,
  located: LocatedFork | undefined,
): Verdict<CreateOutcome | Unready | SourceChanged> {
  const existing = judgeExisting(shard, command);
  if (existing !== undefined) return existing;
  if (!stillThere(shard, command.fork, located)) return { outcome: SOURCE_CHANGED, pending: undefined };
  const refusal = shard.refusal();
  if (refusal !== undefined) return { outcome: reject(refusal), pending: undefined };
  const decision = decided(shard, shard.nextId(), command, located);
  if (decision.kind !== "record") return { outcome: decision, pending: undefined };
  const pending = shard.create(decision.record);
  const { contentType, tail, closed } = pending.state;
  return { outcome: { kind: "created", contentType, nextPosition: tail, closed }, pending };
}

function decided(
  shard: Shard,
  id: number,
  command: CreateCommand,
  located: LocatedFork | undefined,
): CreateDecision {
  const place: ForkPlace | undefined =
    located === undefined ? undefined : { source: located.source.state, ...located.point };
  return decideCreate(id, command, place, shard, shard.now());
}

/** Whether the source is still the stream in which the fork point was found. */
function stillThere(shard: Shard, fork: ForkRequest | undefined, located: LocatedFork | undefined): boolean {
  if (fork === undefined) return true;
  if (located === undefined) return false;
  const source = shard.standing(fork.sourcePath);
  return source.kind === "found" && source.stream === located.source;
}

/** Finds the source and the fork point, giving way to other work between pieces of a long count. */
async function locateFork(
  shard: Shard,
  fork: ForkRequest,
  contentType: string | undefined,
): Promise<LocatedFork | Rejected | SourceChanged> {
  const named = shard.catalog.newest(fork.sourcePath);
  await named?.unsettled?.settled;
  if (named !== undefined) await readOut(lineageOf(shard, named));
  const found = shard.forWriting(fork.sourcePath);
  if (isAbsent(found)) return reject({ kind: "source-not-found" });
  if (found.kind === "rejected") return reject({ kind: "source-gone" });
  if (found.stream.visibility !== "live") return reject({ kind: "source-not-found" });
  const { stream: source } = found;
  if (contentType !== undefined && !sameMediaType(contentType, source.state.contentType)) {
    return reject({ kind: "fork-content-type", expected: source.state.contentType });
  }
  if (lineageAtHand(shard, source).length >= shard.forkDepth)
    return reject({ kind: "fork-too-deep", limit: shard.forkDepth });
  source.pins += 1;
  let point: ForkPoint | undefined;
  try {
    point = await findPoint(shard, source, fork);
    return point.kind === "at" ? { kind: "located", source, point } : point;
  } catch (error) {
    if (error instanceof StreamRemoved) return SOURCE_CHANGED;
    throw error;
  } finally {
    if (point?.kind !== "at") source.pins -= 1;
  }
}

async function findPoint(shard: Shard, source: Stream, fork: ForkRequest): Promise<ForkPoint> {
  const anchor = Math.min(fork.anchor ?? source.visibleTail, source.visibleTail);
  const search = findForkPoint(source, fork, boundaryBefore(shard, source, anchor));
  // A search that wants no bytes is made at once: others may have asked for the same stream at the same time.
  const first = search.next();
  return first.done ? first.value : shard.turns.run(readFor(shard, source, search, first.value));
}

/** The search with the bytes that it asks for, giving way between pieces. */
function* readFor(shard: Shard, source: Stream, search: ForkSearch, first: WantedBytes): Work<ForkPoint> {
  let { to } = first;
  let reader = new RangeReader(shard, source, first.from, to);
  for (;;) {
    const { done, value } = search.next((yield* reader.step())!);
    if (done) return value;
    // What follows the last piece of the same range is read on.
    if (value.to !== to) reader = new RangeReader(shard, source, value.from, value.to);
    to = value.to;
    yield undefined;
  }
}
