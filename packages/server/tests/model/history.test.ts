/** Random histories, judged by the model and replayed from their records. */

import { runs } from "@perennial/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evolve, initialState } from "../../src/stream/evolve.ts";
import { changedIds, type StreamRecord } from "../../src/stream/records.ts";
import { capture, restore } from "../../src/stream/restore.ts";
import type { StreamState } from "../../src/stream/state.ts";
import { type Command, history, lookAround } from "./commands.ts";
import { Model } from "./model.ts";
import { RecordingLog, recover, Subject, statesOf } from "./subject.ts";

const STARTED_AT = Date.UTC(2030, 0, 1);
const PRODUCER_LIMIT = 2;

/** Carries out a history without judging it. */
async function carryOut(commands: readonly Command[]) {
  const model = new Model(STARTED_AT, PRODUCER_LIMIT);
  const log = new RecordingLog();
  const subject = await new Subject(log, STARTED_AT, PRODUCER_LIMIT).open();
  for (const command of commands) {
    await subject.run(command, (path) => model.tailOf(path));
    model.run(command);
  }
  await subject.settled();
  return { records: log.records, shard: subject.shard };
}

/** The property that the shard behaves as the model does. */
function agreesWith(makeModel: () => Model) {
  return fc.asyncProperty(history, async (commands) => {
    const model = makeModel();
    const subject = await new Subject(new RecordingLog(), STARTED_AT, PRODUCER_LIMIT).open();
    for (const command of [...commands, ...lookAround]) {
      const seen = await subject.run(command, (path) => model.tailOf(path));
      expect(seen, JSON.stringify(command)).toEqual(model.run(command));
    }
  });
}

describe("any history", { timeout: runs(60_000) }, () => {
  test("shows what the model of the protocol shows, outcome by outcome and read by read", async () => {
    const property = agreesWith(() => new Model(STARTED_AT, PRODUCER_LIMIT));
    await fc.assert(property, { numRuns: runs(250) });
  });

  test("does not agree with a model that is wrong in one rare rule, so the histories reach far enough", async () => {
    const lenient = agreesWith(() => new Model(STARTED_AT, PRODUCER_LIMIT + 1));
    expect(await fc.check(lenient, { numRuns: 5000, endOnFailure: true })).toMatchObject({
      failed: true,
    });
  });

  test("is recovered from its records alone", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (commands) => {
        const { records, shard } = await carryOut(commands);
        expect(statesOf(await recover(records))).toEqual(statesOf(shard));
      }),
      { numRuns: runs(100) },
    );
  });

  test("can be taken back record by record, without a trace", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (commands) => {
        const states = new Map<number, StreamState>();
        for (const record of (await carryOut(commands)).records) {
          for (const id of changedIds(record)) expectUndone(states.get(id)!, record);
          if (record.kind === "create") states.set(record.id, initialState(record));
        }
      }),
      { numRuns: runs(100) },
    );
  });
});

/** All that a state says, in memory of its own. */
function copyOf(state: StreamState): object {
  return structuredClone({ ...state, producers: [...(state.producers ?? [])] });
}

/** Evolves, restores and compares, then evolves for good. */
function expectUndone(state: StreamState, record: StreamRecord): void {
  const copy = copyOf(state);
  const before = capture(state, record);
  evolve(state, record);
  restore(state, before);
  expect(copyOf(state)).toEqual(copy);
  evolve(state, record);
}
