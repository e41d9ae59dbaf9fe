import { describe } from "vitest";
import { servers } from "../support/servers.ts";
import { describeActions } from "./actions.ts";
import { describeCollections } from "./collections.ts";
import { describeControlMessages } from "./control-messages.ts";
import { describeFaults } from "./faults.ts";
import { Fixture } from "./fixture.ts";
import { describeHooks } from "./hooks.ts";
import { describeLifeCycle } from "./life-cycle.ts";
import { describeLoading } from "./loading.ts";
import { describeTransactionIds } from "./transaction-ids.ts";
import { describeUpdates } from "./updates.ts";

/** What every StreamDB does, whatever version of TanStack DB is below it. */
export function describeStreamDB(isNewest: boolean): void {
  describe.each(Object.keys(servers))("StreamDB on %s", (name) => {
    const fixture = new Fixture(name);
    describeCollections(fixture);
    describeControlMessages(fixture);
    describeFaults(fixture);
    describeLifeCycle(fixture);
    describeHooks(fixture);
    describeUpdates(fixture);
    describeLoading(fixture, isNewest);
    describeTransactionIds(fixture);
    describeActions(fixture);
  });
}
