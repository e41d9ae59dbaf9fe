/** The real thing, run by the same commands as the model. */
import type { OffsetRequest } from "@perennial/protocol";

import type { Log, RecordTarget } from "../../src/journal/contract/index.ts";
import { MemoryLog } from "../../src/journal/memory/memory-log.ts";
import { append } from "../../src/shard/append.ts";
import { create } from "../../src/shard/create.ts";
import type { Pending } from "../../src/shard/pending.ts";
import { snapshot } from "../../src/shard/read.ts";
import { readOut } from "../../src/shard/reading.ts";
import { remove } from "../../src/shard/remove.ts";
import { Shard } from "../../src/shard/shard.ts";
import { Sweeper } from "../../src/shard/sweeper.ts";
import type { StoredBytes, StreamRecord } from "../../src/stream/records.ts";
import type { StreamState } from "../../src/stream/state.ts";
import { contentAtOnce } from "../support/content.ts";
import type { Command } from "./commands.ts";
import type { Observation } from "./model.ts";

/** Keeps every record, in the order of the log. */
export class RecordingLog extends MemoryLog {
  readonly records: StreamRecord[] = [];

  constructor() {
    super("recorded");
  }

  override append(pending: Pending): void {
    this.records.push(pending.record);
    super.append(pending);
  }
}

/** Replays records as a log does that comes back from a crash. */
class ReplayedLog extends MemoryLog {
  readonly #records: readonly StreamRecord[];

  constructor(records: readonly StreamRecord[]) {
    super("replayed");
    this.#records = records;
  }

  override open(target: RecordTarget, listener: Shard): ReturnType<MemoryLog["open"]> {
    for (const record of this.#records) target.apply(record, () => true);
    return super.open(target, listener);
  }
}

/** The states of all streams of a shard, by id. */
export function statesOf(shard: Shard): ReadonlyMap<number, StreamState> {
  return new Map([...shard.catalog.streams()].map(({ state }) => [state.id, state]));
}

/** A shard that comes up from nothing but records. */
export async function recover(records: readonly StreamRecord[]): Promise<Shard> {
  const shard = new Shard({
    log: new ReplayedLog(records),
    now: () => 0,
    random: () => 0,
    producersPerStream: 1,
    loadedStreams: 100,
  });
  await shard.open();
  return shard;
}

export class Subject {
  readonly shard: Shard;
  readonly #sweeper: Sweeper;
  readonly #startedAt: number;
  #now: number;

  constructor(log: Log, startedAt: number, producersPerStream: number) {
    this.#startedAt = startedAt;
    this.#now = startedAt;
    const now = (): number => this.#now;
    this.shard = new Shard({ log, now, random: () => 0, producersPerStream, loadedStreams: 100 });
    this.#sweeper = new Sweeper(this.shard);
  }

  async open(): Promise<this> {
    await this.shard.open();
    return this;
  }

  /** Resolves once the log has settled what was accepted, as it does within a turn of the event loop. */
  settled(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /**
   * Carries a command out, and waits until all that was recorded with it is durable: whoever asks for a stream that has
   * expired ends it, and a source that only that kept is gone for others from then on (protocol §15.3).
   *
   * @param tailOf turns shares of a tail into positions
   */
  async run(command: Command, tailOf: (path: string) => number): Promise<Observation> {
    const seen = await this.#carryOut(command, tailOf);
    await this.settled();
    return seen;
  }

  async #carryOut(command: Command, tailOf: (path: string) => number): Promise<Observation> {
    switch (command.kind) {
      case "create":
        return plain(await this.#create(command, tailOf));
      case "append": {
        const { path, body, ...rest } = command;
        return plain(await append(this.shard, path, { ...rest, body: bytes(body.text) }));
      }
      case "delete":
        return plain(await remove(this.shard, command.path));
      case "head":
        return this.#head(command.path);
      case "read":
        return this.#read(command.path, command.share, tailOf);
      case "wait":
        this.#now += command.ms;
        return { kind: "nothing" };
      case "sweep":
        this.#sweeper.sweep();
        return { kind: "nothing" };
    }
  }

  #create(command: Extract<Command, { kind: "create" }>, tailOf: (path: string) => number) {
    const { lifetime, fork, body, path, contentType, closed, maxBytes } = command;
    const { ttlSeconds, expiresAfterMs } = lifetime;
    const share = fork?.anchorShare;
    return create(this.shard, {
      path,
      contentType,
      closed,
      ttlSeconds,
      maxBytes,
      expiresAt: expiresAfterMs === undefined ? undefined : this.#startedAt + expiresAfterMs,
      body: bytes(body.text),
      fork: fork && {
        sourcePath: fork.source,
        subOffset: fork.subOffset,
        anchor: share === undefined ? undefined : Math.floor(tailOf(fork.source) * share),
      },
    });
  }

  #head(path: string): Observation {
    const found = this.shard.forReading(path);
    if (found.kind !== "found") return plain(found);
    const { state, visibleTail: tail, visibleClosed: closed } = found.stream;
    const { contentType, ttlSeconds, expiresAt, maxBytes } = state;
    return { kind: "head", contentType, ttlSeconds, expiresAt, maxBytes, closed, tail };
  }

  #read(path: string, share: number | undefined, tailOf: (path: string) => number): Observation {
    const offset: OffsetRequest =
      share === undefined ? { kind: "now" } : { kind: "at", position: Math.floor(tailOf(path) * share) };
    const slice = readOut(snapshot(this.shard, path, offset));
    if (slice instanceof Promise) throw new Error(`reading ${path} has to wait`);
    if (slice.kind === "rejected") return plain(slice);
    const { stream, from, to, closed } = slice;
    const content = contentAtOnce(this.shard, stream, from, to);
    return { kind: "read", from, to, closed, content };
  }
}

function bytes(text: string): StoredBytes {
  const part = Buffer.from(text, "latin1");
  return { parts: part.length === 0 ? [] : [part], byteLength: part.length };
}

/** Without the sentences for people. */
function plain(outcome: object): Observation {
  return JSON.parse(
    JSON.stringify(outcome, (key, value: unknown) => {
      if (key === "difference" || key === "message" || key === "position") return undefined;
      if (key === "producer") return withoutKind(value);
      return value;
    }),
  ) as Observation;
}

function withoutKind(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { epoch, lastSeq } = value as { readonly epoch: number; readonly lastSeq: number };
  return { epoch, lastSeq };
}
