/** Brings back what the log holds on top of the archive, and archives it on the way if it is more than fits in memory. */
import type { RecordTarget } from "../contract/index.ts";
import type { ArchivedStreams } from "./archive/archived-streams.ts";
import { STORE_KEY } from "./archive/keys.ts";
import type { Checkpoint, CheckpointedLog } from "./checkpoint.ts";
import type { DiskGuard } from "./disk-guard.ts";
import type { Mark } from "./durable-mark.ts";
import type { LocalLogParts } from "./local-log-parts.ts";
import type { MarkKeeper } from "./mark-keeper.ts";
import { type Walked, walkLog } from "./recovery.ts";
import type { RemovedStreams } from "./removed-streams.ts";
import { Replay } from "./replay.ts";
import type { Slabs } from "./slabs.ts";
import type { Tails } from "./tails.ts";

export interface ReplayedParts extends LocalLogParts {
  readonly slabs: Slabs;
  readonly tails: Tails;
  readonly archived: ArchivedStreams;
  readonly removed: RemovedStreams;
  readonly mark: MarkKeeper;
  readonly guard: DiskGuard;
  readonly checkpoint: Checkpoint;
}

/** The log that is being brought back. */
export interface ReplayedLog extends CheckpointedLog {
  readonly unarchivedBytes: number;
  readonly changedStreams: number;
  /** Records up to that term and id were replayed. `durable`: what of them is durable now, if that is known. */
  onReplayed(term: number, lastId: number, durable: Mark | undefined): void;
}

/** @throws CorruptLog when acknowledged data is damaged */
export async function replayLog(
  parts: ReplayedParts,
  log: ReplayedLog,
  target: RecordTarget,
): Promise<{ walked: Walked; newStreams: number }> {
  const { disk, store, slabs, tails, mark, checkpoint, guard, recoveryBytes, budgetStreams } = parts;
  const makeRoom = async (term: number, lastId: number, secure: () => Promise<Mark>): Promise<boolean> => {
    const bytes = Math.max(log.unarchivedBytes, tails.changedExcess);
    const isMuch = bytes >= recoveryBytes || log.changedStreams >= budgetStreams / 2;
    log.onReplayed(term, lastId, isMuch ? await secure() : undefined);
    if (isMuch) await checkpoint.run(log);
    return isMuch;
  };
  const replay = new Replay({
    ...{ target, ...parts, makeRoom },
    onLoss: (error) => guard.loss(error, parts.acceptLoss),
  });
  const isNew = store.get(STORE_KEY) === undefined;
  const marked = await mark.open(checkpoint.logPosition, isNew, replay);
  const walked = await walkLog(disk, slabs, log.term, marked, replay);
  log.onReplayed(walked.term, replay.lastId, undefined);
  return { walked, newStreams: replay.newStreams };
}
