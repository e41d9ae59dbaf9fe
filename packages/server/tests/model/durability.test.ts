/** Random histories over a log that takes its time and loses records, judged by the model. */

import { runs } from "@perennial/testing";
import { ManualLog } from "@perennial/testing/journal";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Command, history, lookAround } from "./commands.ts";
import { Model, type Observation } from "./model.ts";
import { Subject } from "./subject.ts";

const STARTED_AT = Date.UTC(2030, 0, 1);
const PRODUCER_LIMIT = 2;

/** Time stands still here: when an expiry is noticed, and so lost again, is not what these histories are about. */
const timeless = history.map((commands) =>
  commands
    .filter(({ kind }) => kind !== "wait" && kind !== "sweep")
    .map((command) => (command.kind === "create" ? { ...command, lifetime: {} } : command)),
);

/** Commands that change something, a few of which are under way at once. */
const writes = timeless.map((commands) =>
  commands.filter(({ kind }) => kind === "create" || kind === "append" || kind === "delete").slice(-8),
);

/** Lets everything happen that can happen without the log. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A shard and a model that have the same history behind them, all of it durable. */
class Pair {
  readonly log = new ManualLog();
  readonly model = new Model(STARTED_AT, PRODUCER_LIMIT);
  readonly subject = new Subject(this.log, STARTED_AT, PRODUCER_LIMIT);

  async settleAfterEach(commands: readonly Command[]): Promise<this> {
    await this.subject.open();
    for (const command of commands) {
      const outcome = this.start(command);
      await quiet();
      this.log.settle();
      expect(await outcome, JSON.stringify(command)).toEqual(this.model.run(command));
    }
    return this;
  }

  start(command: Command): Promise<Observation> {
    return this.subject.run(command, (path) => this.model.tailOf(path));
  }

  /** Starts the commands in their order, without making anything durable. */
  async startAll(commands: readonly Command[]): Promise<Promise<Observation>[]> {
    const outcomes: Promise<Observation>[] = [];
    for (const command of commands) {
      outcomes.push(this.start(command));
      await quiet();
    }
    return outcomes;
  }

  async expectReadersSeeTheModel(): Promise<void> {
    for (const command of lookAround) {
      expect(await this.start(command), JSON.stringify(command)).toEqual(this.model.run(command));
    }
  }
}

const isFork = (command: Command): boolean => command.kind === "create" && command.fork !== undefined;

describe("whatever is under way", { timeout: runs(60_000) }, () => {
  test("is seen by no reader until it is durable, and by every writer after it", async () => {
    await fc.assert(
      fc.asyncProperty(timeless, writes, async (before, commands) => {
        const pair = await new Pair().settleAfterEach(before.slice(0, 25));
        // A fork waits for its source to settle, so it does not keep its place in the order.
        const inOrder = commands.filter((command) => !isFork(command));
        const outcomes = await pair.startAll(inOrder);
        await pair.expectReadersSeeTheModel();
        pair.log.settle();
        for (const [index, command] of inOrder.entries()) {
          expect(await outcomes[index], JSON.stringify(command)).toEqual(pair.model.run(command));
        }
        await pair.expectReadersSeeTheModel();
      }),
      { numRuns: runs(60) },
    );
  });

  test("leaves no trace when it is lost: verdicts that rested on it are judged anew, and it can be retried", async () => {
    await fc.assert(
      fc.asyncProperty(timeless, writes, async (before, commands) => {
        const pair = await new Pair().settleAfterEach(before.slice(0, 25));
        const outcomes = await pair.startAll(commands);
        pair.log.fail("full");
        for (const [index, command] of commands.entries()) {
          const outcome = await outcomes[index];
          const lost = { kind: "rejected", rejection: { kind: "storage-full" } };
          if (JSON.stringify(outcome) === JSON.stringify(lost)) continue;
          expect(outcome, `not lost: ${JSON.stringify(command)}`).toEqual(pair.model.run(command));
        }
        pair.log.recover();
        await pair.expectReadersSeeTheModel();
        const retries = await pair.startAll(commands.slice(0, 1));
        pair.log.settle();
        for (const retry of retries) expect(await retry).toEqual(pair.model.run(commands[0]!));
        await pair.expectReadersSeeTheModel();
      }),
      { numRuns: runs(60) },
    );
  });
});
