import { appendEvents } from "@perennial/state";
import { describe, expect, it } from "vitest";
import { user } from "../support/board.ts";
import type { Fixture } from "./fixture.ts";

const ROWS = 20_000;
const rows = Array.from({ length: ROWS }, (_, index) => user(String(index), "a"));

/** @param isGradual whether the version of TanStack DB is one with which rows come bit by bit */
export function describeLoading(fixture: Fixture, isGradual: boolean): void {
  describe(`${ROWS} rows`, () => {
    it(`come ${isGradual ? "bit by bit" : "all at once"} while they load, each once, and others have their turn in between`, async () => {
      const { db, users, errors } = await fixture.open(rows, { live: false });
      const statuses = new Set<string>();
      const sizes: number[] = [];
      let count = 0;
      users.subscribeChanges((changes) => {
        count += changes.length;
        if (changes.length > 0) statuses.add(db.status);
      });
      const loading = db.preload();
      const isLoaded = loading.then(() => true);
      do sizes.push(users.size);
      while (!(await Promise.race([isLoaded, new Promise((resolve) => setTimeout(resolve, 0))])));
      expect([users.size, count, db.status, errors]).toEqual([ROWS, ROWS, "ready", []]);
      expect(statuses).toEqual(new Set(["loading"]));
      const between = sizes.filter((size) => size > 0 && size < ROWS);
      if (isGradual) expect(between.length).toBeGreaterThan(2);
      else expect(between).toEqual([]);
      expect(between).toEqual(between.toSorted((a, b) => a - b));
    });

    it("show as one change for each batch once the collections are complete", async () => {
      const batches: number[] = [];
      const { db, users, stream } = await fixture.open([], {
        onBatch: ({ items }) => batches.push(items.length),
      });
      await db.preload();
      const calls: number[] = [];
      users.subscribeChanges((changes) => calls.push(changes.length));
      await appendEvents(stream, [...rows, user("last", "z", { txid: "last" })]);
      await db.utils.awaitTxId("last");
      const withNews = (lengths: number[]) => lengths.filter((length) => length > 0);
      expect([users.size, withNews(calls)]).toEqual([ROWS + 1, withNews(batches)]);
    });

    it("that are still loading are left alone when the database is closed", async () => {
      const { db, users } = await fixture.open(rows);
      const closed = new Promise<void>((resolve) => {
        users.subscribeChanges(() => {
          db.close();
          resolve();
        });
      });
      await Promise.all([db.preload(), closed]);
      const { size } = users;
      if (isGradual) expect(size).toBeLessThan(ROWS);
      await new Promise((resolve) => setImmediate(resolve));
      expect([users.size, db.status]).toEqual([size, "closed"]);
    });
  });
}
