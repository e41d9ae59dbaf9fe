/**
 * The protocol, written a second time and as plainly as possible: a stream is an array of bytes or messages, a
 * fork is a copy of an array, and every check is made from scratch. It judges the real thing in `history.test.ts`.
 */
import type { Command, ForkFrom } from "./commands.ts";
import {
  isJson,
  type Lifetime,
  type ModelFork,
  type ModelStream,
  media,
  stored,
  unitsBefore,
  unitsOf,
  width,
} from "./model-stream.ts";

/** What a command brings to light; two runs are the same if their observations are. */
export type Observation = Readonly<Record<string, unknown>>;

/** With the number of units that the fork takes over. */
interface LocatedFork extends ModelFork {
  readonly count: number;
}

type Create = Extract<Command, { kind: "create" }>;
type Append = Extract<Command, { kind: "append" }>;

const NOTHING: Observation = { kind: "nothing" };

function rejected(kind: string, facts: object = {}): Observation {
  return { kind: "rejected", rejection: { kind, ...facts } };
}

function refuse(kind: string, facts: object = {}): { readonly refusal: Observation } {
  return { refusal: rejected(kind, facts) };
}

export class Model {
  readonly #streams = new Map<string, ModelStream>();
  readonly #startedAt: number;
  readonly #producerLimit: number;
  #now: number;

  constructor(startedAt: number, producerLimit: number) {
    this.#startedAt = startedAt;
    this.#now = startedAt;
    this.#producerLimit = producerLimit;
  }

  /** The tail of what is at a path, whatever its state; 0 for nothing. Turns shares into positions. */
  tailOf(path: string): number {
    const stream = this.#streams.get(path);
    return stream === undefined ? 0 : width(stream);
  }

  run(command: Command): Observation {
    switch (command.kind) {
      case "create":
        return this.#create(command);
      case "append":
        return this.#append(command);
      case "delete":
        return this.#withStream(command.path, (stream) => {
          this.#end(stream);
          return { kind: "removed" };
        });
      case "head":
        return this.#withStream(command.path, (stream) => ({ kind: "head", ...facts(stream) }));
      case "read":
        return this.#withStream(command.path, (stream) => this.#read(stream, command.share));
      case "wait":
        this.#now += command.ms;
        return NOTHING;
      case "sweep":
        for (const stream of [...this.#streams.values()]) this.#notice(stream);
        return NOTHING;
    }
  }

  /** Protocol §17.1, step 2. */
  #withStream(path: string, use: (stream: ModelStream) => Observation): Observation {
    const stream = this.#find(path);
    if (stream === undefined) return rejected("stream-not-found");
    return stream.softDeleted ? rejected("stream-gone") : use(stream);
  }

  #find(path: string): ModelStream | undefined {
    const stream = this.#streams.get(path);
    if (stream !== undefined) this.#notice(stream);
    return this.#streams.get(path);
  }

  /** Expiry is exact for the stream itself; its sources are released when somebody notices (protocol §15.3). */
  #notice(stream: ModelStream): void {
    const { ttlSeconds, expiresAt, lastUse } = stream;
    const end = ttlSeconds === undefined ? expiresAt : lastUse + ttlSeconds * 1000;
    if (!stream.softDeleted && end !== undefined && this.#now >= end) this.#end(stream);
  }

  #end(stream: ModelStream): void {
    if (stream.forks.size > 0) stream.softDeleted = true;
    else this.#remove(stream);
  }

  #remove(stream: ModelStream): void {
    this.#streams.delete(stream.path);
    const source = stream.fork?.source;
    source?.forks.delete(stream);
    if (source?.softDeleted === true && source.forks.size === 0) this.#remove(source);
  }

  #read(stream: ModelStream, share: number | undefined): Observation {
    const tail = width(stream);
    const asked = Math.min(tail, share === undefined ? tail : Math.floor(tail * share));
    const start = readFrom(stream, asked, tail);
    const from = width(stream, stream.units.slice(0, start));
    stream.lastUse = this.#now;
    const units = stream.units.slice(start);
    return { kind: "read", from, to: tail, closed: stream.closed, content: stored(stream, units) };
  }

  #create(command: Create): Observation {
    const existing = this.#find(command.path);
    if (existing?.softDeleted) return rejected("path-in-use");
    const { ttlSeconds, expiresAfterMs } = command.lifetime;
    const expiresAt = expiresAfterMs === undefined ? undefined : this.#startedAt + expiresAfterMs;
    const asked: Lifetime = { ttlSeconds, expiresAt };
    if (existing !== undefined) {
      return this.#equals(existing, command, asked) ? created("exists", existing) : rejected("stream-exists");
    }
    if (command.fork === undefined) return this.#make(command, asked, undefined);
    const fork = this.#locate(command.fork, command.contentType);
    return "source" in fork ? this.#make(command, asked, fork) : fork.refusal;
  }

  #make(command: Create, asked: Lifetime, fork: LocatedFork | undefined): Observation {
    const source = fork?.source;
    const contentType = command.contentType ?? source?.contentType ?? "application/octet-stream";
    const units = unitsOf(isJson({ contentType }), command.body);
    if (units === undefined) return rejected("invalid-json");
    const isSilent = asked.ttlSeconds === undefined && asked.expiresAt === undefined;
    const stream: ModelStream = {
      path: command.path,
      contentType,
      ttlSeconds: isSilent ? source?.ttlSeconds : asked.ttlSeconds,
      expiresAt: isSilent ? source?.expiresAt : asked.expiresAt,
      maxBytes: command.maxBytes ?? source?.maxBytes,
      fork,
      units: [...(source?.units.slice(0, fork!.count) ?? []), ...units],
      appends: [...(source?.appends.filter((before) => before < fork!.count) ?? []), fork?.count ?? 0],
      closed: command.closed,
      closedBy: undefined,
      producers: new Map(),
      streamSeq: undefined,
      lastUse: this.#now,
      forks: new Set(),
      softDeleted: false,
    };
    const inherited = stream.units.slice(0, fork?.count ?? 0);
    const refusal = beyondLimit(stream, width(stream, inherited), width(stream, units));
    if (refusal !== undefined) return refusal;
    source?.forks.add(stream);
    this.#streams.set(stream.path, stream);
    return created("created", stream);
  }

  /** Protocol §6.1 and §6.3. */
  #locate(fork: ForkFrom, contentType: string | undefined): LocatedFork | { readonly refusal: Observation } {
    const source = this.#find(fork.source);
    if (source === undefined) return refuse("source-not-found");
    if (source.softDeleted) return refuse("source-gone");
    if (contentType !== undefined && media(contentType) !== media(source.contentType)) {
      return refuse("fork-content-type", { expected: source.contentType });
    }
    const tail = width(source);
    const anchor = fork.anchorShare === undefined ? tail : Math.floor(tail * fork.anchorShare);
    if (anchor > tail) return refuse("fork-offset-beyond-tail");
    const before = unitsBefore(source, anchor);
    if (before === undefined) return refuse("fork-offset-inside-message");
    const count = before + fork.subOffset;
    if (count > source.units.length) return refuse("fork-sub-offset-beyond-tail");
    const { ttlSeconds, expiresAt, maxBytes: sourceMaxBytes } = source;
    const sourceLifetime = { ttlSeconds, expiresAt };
    return { source, anchor, subOffset: fork.subOffset, sourceLifetime, sourceMaxBytes, count };
  }

  /** Protocol §5, idempotence key: what the request leaves out counts as it was resolved at creation. */
  #equals(existing: ModelStream, command: Create, asked: Lifetime): boolean {
    const { fork } = existing;
    if ((fork === undefined) !== (command.fork === undefined)) return false;
    if (fork !== undefined && command.fork !== undefined) {
      const { source, anchorShare, subOffset } = command.fork;
      if (source !== fork.source.path || subOffset !== fork.subOffset) return false;
      const anchor = anchorShare === undefined ? fork.anchor : Math.floor(this.tailOf(source) * anchorShare);
      if (anchor !== fork.anchor) return false;
    }
    const isSilent = asked.ttlSeconds === undefined && asked.expiresAt === undefined;
    const lifetime = isSilent && fork !== undefined ? fork.sourceLifetime : asked;
    const contentType =
      command.contentType ?? (fork === undefined ? "application/octet-stream" : existing.contentType);
    return (
      media(contentType) === media(existing.contentType) &&
      lifetime.ttlSeconds === existing.ttlSeconds &&
      lifetime.expiresAt === existing.expiresAt &&
      (command.maxBytes ?? fork?.sourceMaxBytes) === existing.maxBytes &&
      command.closed === existing.closed
    );
  }

  #append(command: Append): Observation {
    const { body, closes, contentType } = command;
    if (body.text === "" && !closes) return rejected("empty-body");
    if (body.text !== "" && contentType === undefined) return rejected("missing-content-type");
    return this.#withStream(command.path, (stream) => {
      const early = refusedBeforeProducer(stream, command) ?? this.#judgeProducer(stream, command);
      if (early !== undefined) return early;
      const { body, producer, streamSeq, closes } = command;
      if (streamSeq !== undefined && stream.streamSeq !== undefined && streamSeq <= stream.streamSeq) {
        return rejected("stream-seq-regression", { last: stream.streamSeq });
      }
      const units = unitsOf(isJson(stream), body);
      if (units === undefined) return rejected("invalid-json");
      if (units.length === 0 && body.text !== "") return rejected("empty-array");
      const refusal = beyondLimit(stream, width(stream), width(stream, units));
      if (refusal !== undefined) return refusal;
      if (units.length > 0) stream.appends.push(stream.units.length);
      stream.units.push(...units);
      stream.lastUse = this.#now;
      stream.streamSeq = streamSeq ?? stream.streamSeq;
      if (producer !== undefined) {
        stream.producers.set(producer.id, { epoch: producer.epoch, lastSeq: producer.seq });
      }
      if (closes) {
        stream.closed = true;
        stream.closedBy = producer && JSON.stringify(producer);
      }
      const echo = producer && { epoch: producer.epoch, lastSeq: producer.seq };
      return appended("appended", stream, closes, units.length > 0, echo);
    });
  }

  /** Protocol §9. */
  #judgeProducer(stream: ModelStream, { producer }: Append): Observation | undefined {
    if (producer === undefined) return undefined;
    const known = stream.producers.get(producer.id);
    const { epoch, seq } = producer;
    if (known === undefined) {
      if (seq > 0) return rejected("sequence-gap", { expected: 0, received: seq });
      const isFull = stream.producers.size >= this.#producerLimit;
      return isFull ? rejected("producer-limit", { limit: this.#producerLimit }) : undefined;
    }
    if (epoch < known.epoch) return rejected("stale-epoch", { currentEpoch: known.epoch });
    if (epoch > known.epoch) return seq === 0 ? undefined : rejected("epoch-must-start-at-zero");
    if (seq <= known.lastSeq) return appended("repeated", stream, stream.closed, false, { ...known });
    if (seq === known.lastSeq + 1) return undefined;
    return rejected("sequence-gap", { expected: known.lastSeq + 1, received: seq });
  }
}

/** `Stream-Max-Bytes`: all of a request fits, or nothing is stored. */
function beyondLimit({ maxBytes: limit }: ModelStream, size: number, added: number): Observation | undefined {
  return limit !== undefined && size + added > limit
    ? rejected("stream-max-bytes", { limit, size, added })
    : undefined;
}

/** The unit at which a read at a position begins: there if messages part there, else at the beginning of its append. */
function readFrom(stream: ModelStream, position: number, tail: number): number {
  if (position === tail) return stream.units.length;
  const exact = isJson(stream) ? unitsBefore(stream, position) : undefined;
  const isBefore = (before: number): boolean => width(stream, stream.units.slice(0, before)) <= position;
  return exact ?? stream.appends.findLast(isBefore)!;
}

/** Protocol §17.1, steps 4 to 6, and §8 for closed streams. */
function refusedBeforeProducer(stream: ModelStream, command: Append): Observation | undefined {
  const { body, closes, contentType, producer } = command;
  if (stream.closed) {
    if (body.text === "" && producer === undefined) {
      return appended("repeated", stream, true, false, undefined);
    }
    if (producer !== undefined && closes && stream.closedBy === JSON.stringify(producer)) {
      return appended("repeated", stream, true, false, { epoch: producer.epoch, lastSeq: producer.seq });
    }
    return rejected("stream-closed", { finalPosition: width(stream) });
  }
  if (body.text !== "" && media(contentType!) !== media(stream.contentType)) {
    return rejected("content-type-mismatch", { expected: stream.contentType });
  }
  return undefined;
}

function created(kind: string, stream: ModelStream): Observation {
  return { kind, contentType: stream.contentType, nextPosition: width(stream), closed: stream.closed };
}

function appended(kind: string, stream: ModelStream, closed: boolean, withData: boolean, producer: unknown) {
  return { kind, nextPosition: width(stream), closed, withData, producer };
}

function facts(stream: ModelStream): Observation {
  const { contentType, ttlSeconds, expiresAt, maxBytes, closed } = stream;
  return { contentType, ttlSeconds, expiresAt, maxBytes, closed, tail: width(stream) };
}
