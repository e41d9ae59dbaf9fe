/** Append, close, or both. */
import type { AppendCommand } from "../stream/commands.ts";
import { decideAppend, judgeRequest } from "../stream/decide-append.ts";
import { FRAMED_AT_ONCE_BYTES, type Unready } from "../stream/frame-body.ts";
import { type AppendRecord, givesRoomBack } from "../stream/records.ts";
import { type Rejected, reject } from "../stream/rejections.ts";
import type { StreamState } from "../stream/state.ts";
import { judgeLong, readied } from "./long-body.ts";
import { durably, type Verdict } from "./outcomes.ts";
import { onceThereIs } from "./room.ts";
import type { Shard } from "./shard.ts";

/** Epoch and highest accepted sequence of the producer that asked, for the echo headers. */
export interface ProducerEcho {
  readonly epoch: number;
  readonly lastSeq: number;
}

export type AppendOutcome =
  | {
      /** `appended`: recorded. `repeated`: it was recorded before (a producer's repeat, or a bare close). */
      readonly kind: "appended" | "repeated";
      /** The tail after the append; for a repeat the current tail. */
      readonly nextPosition: number;
      /** Whether the stream is closed by this request, or was when it was repeated. */
      readonly closed: boolean;
      readonly withData: boolean;
      readonly producer: ProducerEcho | undefined;
    }
  | Rejected;

/** Appends to the stream at `path`; resolves once the outcome is durable. */
export function append(shard: Shard, path: string, command: AppendCommand): Promise<AppendOutcome> {
  const fault = judgeRequest(command);
  if (fault !== undefined) return Promise.resolve(reject(fault));
  const room = shard.log.admit(command.body.byteLength);
  if (room === undefined) return appendOnce(shard, path, command);
  return onceThereIs(room, () => appendOnce(shard, path, command));
}

function appendOnce(shard: Shard, path: string, command: AppendCommand): Promise<AppendOutcome> {
  const outcome = judged(shard, path, command);
  const isShort = command.body.byteLength <= Math.min(shard.aheadBytes, FRAMED_AT_ONCE_BYTES);
  if (isShort) return outcome as Promise<AppendOutcome>;
  return outcome.then((settled) =>
    settled.kind === "unready" ? appendLong(shard, path, command, settled) : settled,
  );
}

function judged(shard: Shard, path: string, command: AppendCommand): Promise<AppendOutcome | Unready> {
  return durably(shard, path, () => judgeAppend(shard, path, command));
}

/** Judges again once the body is ready: what else there is may have changed. */
async function appendLong(
  shard: Shard,
  path: string,
  command: AppendCommand,
  unready: Unready,
): Promise<AppendOutcome> {
  const ready = await readied(shard, command, unready);
  const outcome = await judgeLong(
    shard,
    ready,
    () => wouldAppend(shard, path, ready),
    () => judged(shard, path, ready),
  );
  return outcome.kind === "unready" ? appendLong(shard, path, command, outcome) : outcome;
}

function wouldAppend(shard: Shard, path: string, command: AppendCommand): boolean {
  const found = shard.forWriting(path);
  return (
    found.kind === "found" && decideAppend(found.stream.state, command, shard, shard.now()).kind === "record"
  );
}

function judgeAppend(shard: Shard, path: string, command: AppendCommand): Verdict<AppendOutcome | Unready> {
  const found = shard.forWriting(path);
  if (found.kind !== "found") return { outcome: found, pending: undefined };
  const { state } = found.stream;
  const decision = decideAppend(state, command, shard, shard.now());
  switch (decision.kind) {
    case "unready":
    case "rejected":
      return { outcome: decision, pending: undefined };
    case "duplicate":
    case "already-closed": {
      const producer = decision.kind === "duplicate" ? decision : undefined;
      const { tail: nextPosition, closed } = state;
      return {
        outcome: { kind: "repeated", nextPosition, closed, withData: false, producer },
        pending: undefined,
      };
    }
    case "record": {
      const refusal = givesRoomBack(decision.record) ? shard.removalRefusal() : shard.refusal();
      if (refusal !== undefined) return { outcome: reject(refusal), pending: undefined };
      if (shard.catalog.isOverfull && isNewProducer(state, decision.record))
        return { outcome: reject({ kind: "too-much-remembered" }), pending: undefined };
      const pending = shard.commit(decision.record, found.stream);
      if (decision.record.producer !== undefined) shard.catalog.weigh(found.stream);
      return { outcome: appended(decision.record), pending };
    }
  }
}

function isNewProducer(state: StreamState, { producer }: AppendRecord): boolean {
  return producer !== undefined && state.producers?.get(producer.id) === undefined;
}

function appended(record: AppendRecord): AppendOutcome {
  const { producer, data } = record;
  return {
    kind: "appended",
    nextPosition: record.position + data.byteLength,
    closed: record.closes,
    withData: data.byteLength > 0,
    producer: producer === undefined ? undefined : { epoch: producer.epoch, lastSeq: producer.seq },
  };
}
