import { ArchiveHead } from "./archive/archive-head.ts";
import { ArchivedStreams } from "./archive/archived-streams.ts";
import { Budget, type BudgetUse } from "./budget.ts";
import { Checkpoint } from "./checkpoint.ts";
import { CheckpointSchedule } from "./checkpoint-schedule.ts";
import { DiskGuard } from "./disk-guard.ts";
import { LocalLog } from "./local-log.ts";
import type { LocalLogParts } from "./local-log-parts.ts";
import { LogEvents } from "./log-events.ts";
import { LogState } from "./log-state.ts";
import { LongWrites } from "./long-writes.ts";
import { MarkKeeper } from "./mark-keeper.ts";
import { RemovedStreams } from "./removed-streams.ts";
import { Reserve } from "./reserve.ts";
import { Slabs } from "./slabs.ts";
import { StoredBytes } from "./stored-bytes.ts";
import { StreamArchiver } from "./stream-archiver.ts";
import { Tails } from "./tails.ts";

/** Makes the parts of a local log, each of those it rests on, and then the log, which is not open yet. */
export function createLocalLog(given: LocalLogParts): LocalLog {
  const events = new LogEvents();
  const guard = new DiskGuard(given, () => events.onHealth());
  const parts = { ...given, store: guard.store };
  const { store, sliceBytes, now } = parts;
  const head = new ArchiveHead(store, parts.newStoreId, parts.firstLogPosition);
  const slabs = new Slabs(head.row.logPosition, parts.slabBytes);
  const tails = new Tails(slabs);
  const removed = new RemovedStreams(store);
  const archived = new ArchivedStreams(store, tails);
  const state = new LogState({ slabs, tails, archived, head, events });
  const reserve = new Reserve(parts, guard, state);
  const mark = new MarkKeeper(parts, guard, () => state.durable);
  const archiver = new StreamArchiver(store, tails, parts);
  const checkpoint = new Checkpoint({
    store,
    head,
    archiver,
    tails,
    removed,
    mark,
    reserve,
    sliceBytes,
    now,
  });
  const budget = new Budget(
    parts,
    useOf(state, slabs, head, checkpoint, () => schedule.start()),
  );
  const longWrites = new LongWrites(parts, budget, slabs, () => state.writing!.writer.writtenTo);
  const schedule = new CheckpointSchedule(parts, checkpoint, budget, state);
  const bytes = new StoredBytes(store, tails, removed);
  const log = new LocalLog({
    ...{ parts, state, head, slabs, tails, archived, removed, bytes },
    ...{ guard, mark, reserve, checkpoint, schedule, budget, longWrites },
  });
  events.listen(log);
  return log;
}

function useOf(
  state: LogState,
  slabs: Slabs,
  head: ArchiveHead,
  checkpoint: Checkpoint,
  onWaiting: () => void,
): BudgetUse {
  return {
    onWaiting,
    get unarchivedBytes() {
      return state.unarchivedBytes;
    },
    get longBytes() {
      return slabs.longBytesFrom(head.row.logPosition);
    },
    get changedStreams() {
      return state.changedStreams;
    },
    get checkpointProgress() {
      return checkpoint.progress;
    },
  };
}
