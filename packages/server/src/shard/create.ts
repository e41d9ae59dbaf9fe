/** Create a stream or a fork, or confirm one (protocol §5 and §6). */
import type { Stream } from "../catalog/stream.ts";
import type { CreateCommand, ForkRequest } from "../stream/commands.ts";
import { frameInSteps, sameMediaType, type Unframed } from "../stream/decide-append.ts";
import { decideCreate, decideExisting, type ForkPlace } from "../stream/decide-create.ts";
import { type ForkPoint, type ForkSearch, findForkPoint, type WantedBytes } from "../stream/forks.ts";
import { type Rejected, reject } from "../stream/rejections.ts";
import { boundaryBefore, RangeReader } from "./bytes.ts";
import { durably, type Verdict } from "./outcomes.ts";
import { roomFor } from "./room.ts";
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
  readonly source: Stream;
  readonly point: Exclude<ForkPoint, Rejected>;
}

/** Creates the stream that the command describes; resolves once that is durable. */
export async function create(shard: Shard, command: CreateCommand): Promise<CreateOutcome> {
  const room = roomFor(shard, command.body.byteLength);
  if (room !== undefined) await room;
  for (;;) {
    const located =
      command.fork === undefined || inUse(shard, command.path)
        ? undefined
        : await locateFork(shard, command.fork, command.contentType);
    if (located !== undefined && "kind" in located) {
      if (await restedOnLoss(shard, command.fork!)) continue;
      return durably(
        shard,
        command.path,
        () => judgeExisting(shard, command) ?? { outcome: located, pending: undefined },
      );
    }
    const outcome = await durably(shard, command.path, () => judgeCreate(shard, command, located));
    if (outcome === "locate-again") continue;
    if (outcome.kind !== "unframed") return outcome;
    const framing = await shard.turns.run(frameInSteps(command.body, shard.jsonMessageBytes));
    return create(shard, { ...command, framing });
  }
}

/** Whether what was found out about a fork's source rested on a record that is lost meanwhile. */
async function restedOnLoss(shard: Shard, { sourcePath }: ForkRequest): Promise<boolean> {
  const unsettled = shard.catalog.newest(sourcePath)?.unsettled;
  return unsettled !== undefined && (await unsettled.settled) !== undefined;
}

function inUse(shard: Shard, path: string): boolean {
  return shard.forWriting(path).kind !== "stream-not-found";
}

function judgeExisting(shard: Shard, command: CreateCommand): Verdict<CreateOutcome> | undefined {
  const found = shard.forWriting(command.path);
  if (found.kind === "stream-not-found") return undefined;
  if (found.kind === "stream-gone") return { outcome: reject({ kind: "path-in-use" }), pending: undefined };
  const decision = decideExisting(found.stream.state, command);
  if (decision.kind === "rejected") return { outcome: decision, pending: undefined };
  const { contentType, tail, closed } = found.stream.state;
  return { outcome: { kind: "exists", contentType, nextPosition: tail, closed }, pending: undefined };
}

function judgeCreate(
  shard: Shard,
  command: CreateCommand,
  located: LocatedFork | undefined,
): Verdict<CreateOutcome | Unframed | "locate-again"> {
  const existing = judgeExisting(shard, command);
  if (existing !== undefined) return existing;
  if (!stillThere(shard, command.fork, located)) return { outcome: "locate-again", pending: undefined };
  const refusal = shard.refusal();
  if (refusal !== undefined) return { outcome: reject(refusal), pending: undefined };
  const place: ForkPlace | undefined =
    located === undefined ? undefined : { source: located.source.state, ...located.point };
  const decision = decideCreate(shard.nextId(), command, place, shard.now());
  if (decision.kind !== "record") return { outcome: decision, pending: undefined };
  const pending = shard.create(decision.record);
  const { contentType, tail, closed } = pending.state;
  return { outcome: { kind: "created", contentType, nextPosition: tail, closed }, pending };
}

/** Whether the source is still the stream in which the fork point was found. */
function stillThere(shard: Shard, fork: ForkRequest | undefined, located: LocatedFork | undefined): boolean {
  if (fork === undefined) return true;
  if (located === undefined) return false;
  const source = shard.forWriting(fork.sourcePath);
  return source.kind === "found" && source.stream === located.source;
}

/** Finds the source and the fork point, giving way to other work between pieces of a long count. */
async function locateFork(
  shard: Shard,
  fork: ForkRequest,
  contentType: string | undefined,
): Promise<LocatedFork | Rejected> {
  await shard.catalog.newest(fork.sourcePath)?.unsettled?.settled;
  const found = shard.forWriting(fork.sourcePath);
  if (found.kind === "stream-gone") return reject({ kind: "source-gone" });
  if (found.kind !== "found" || found.stream.visibility !== "live")
    return reject({ kind: "source-not-found" });
  const { stream: source } = found;
  if (contentType !== undefined && !sameMediaType(contentType, source.state.contentType)) {
    return reject({ kind: "fork-content-type", expected: source.state.contentType });
  }
  if (isAsDeep(shard, source, shard.forkDepth))
    return reject({ kind: "fork-too-deep", limit: shard.forkDepth });
  const boundary = boundaryBefore(
    shard,
    source,
    Math.min(fork.anchor ?? source.visibleTail, source.visibleTail),
  );
  const search = findForkPoint(source, fork, boundary);
  // A search that wants no bytes is made at once: others may have asked for the same stream at the same time.
  const first = search.next();
  const point = first.done ? first.value : await shard.turns.run(readFor(shard, source, search, first.value));
  return point.kind === "rejected" ? point : { source, point };
}

/** Whether the stream is a fork of so many generations. */
function isAsDeep(shard: Shard, stream: Stream, generations: number): boolean {
  let { fork } = stream.state;
  for (let depth = 1; fork !== undefined; depth++) {
    if (depth === generations) return true;
    fork = shard.catalog.byId(fork.sourceId).state.fork;
  }
  return false;
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
