/** What a log promises that outlives its process: everything is there again when it is opened anew. */

import { type Log, READ_CHUNK_BYTES } from "@perennial/server/journal";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bytes, Model } from "./model.ts";

/** A log that can be told to write a checkpoint. */
export interface CheckpointingLog extends Log {
  checkpoint(): Promise<void>;
}

/** One store that can be opened again and again. */
export type OpenStore = () => Promise<CheckpointingLog>;

/** Runs the suite over stores made by `make`, each empty at first. */
export function describeDurableLogContract(name: string, make: () => Promise<OpenStore>): void {
  describe(`${name} keeps what it was given`, () => {
    let openStore: OpenStore;
    let log: CheckpointingLog;
    let model: Model;

    async function open(): Promise<void> {
      log = await openStore();
      model = await new Model(log).open();
    }

    async function reopen(): Promise<void> {
      await log.close();
      await open();
    }

    beforeEach(async () => {
      openStore = await make();
      await open();
    });
    afterEach(() => log.close());

    /** All forms of streams; what a restart must not change. */
    async function populate(): Promise<number[]> {
      const plain = model.create({ data: bytes("plain") });
      const mortal = model.create({ ttlSeconds: 3600, contentType: "application/json" });
      model.append(mortal, "{},", { producer: { id: "writer-ü", epoch: 3, seq: 0 }, at: 2_000_100 });
      const dated = model.create({ expiresAt: 9_000_000, path: "/dated/ünïcode" });
      model.accept({ kind: "renew", id: mortal, at: 2_000_200 });
      const closed = model.create();
      model.append(closed, "end", { closes: true, producer: { id: "p", epoch: 0, seq: 0 }, streamSeq: "b1" });
      const source = model.create({ data: bytes("inherited bytes") });
      const fork = model.fork(source, 9, { data: bytes("!") });
      model.softDelete(source);
      const gone = model.create({ path: "/gone", data: bytes("gone") });
      model.remove(gone);
      const again = model.create({ path: "/gone", data: bytes("again"), closed: true });
      await model.quiet();
      return [plain, mortal, dated, closed, source, fork, again];
    }

    function snapshot(ids: readonly number[]): Promise<unknown[]> {
      const each = ids.map(async (id) => {
        const state = model.stateOf(id);
        const plain = { ...state, producers: [...(state.producers ?? [])] };
        return { state: plain, text: await model.text(id, state.fork?.offset ?? 0) };
      });
      return Promise.all(each);
    }

    test("states and bytes are the same after a restart", async () => {
      const ids = await populate();
      const before = structuredClone(await snapshot(ids));
      await reopen();
      expect(await snapshot(ids)).toEqual(before);
    });

    test("states and bytes are the same after restarts with checkpoints and appends between them", async () => {
      const ids = await populate();
      for (let round = 0; round < 4; round++) {
        for (const id of ids) if (!model.stateOf(id).closed) model.append(id, `round ${round};`);
        if (round % 2 === 0) await log.checkpoint();
        await model.quiet();
        const before = structuredClone(await snapshot(ids));
        await reopen();
        expect(await snapshot(ids)).toEqual(before);
      }
    });

    test("the archive finds streams by path, id and deadline", async () => {
      const [plain, mortal, dated, closed, source, fork, again] = await populate();
      await log.checkpoint();
      const archive = log.archive!;
      expect(archive.byPath("/dated/ünïcode")).toEqual(model.stateOf(dated!));
      expect(archive.byPath("/gone")).toEqual(model.stateOf(again!));
      expect(archive.byId(source!)?.life).toBe("soft-deleted");
      expect(archive.byId(source!)?.references).toBe(1);
      expect(archive.byPath("/never")).toBeUndefined();
      const listed = [plain, mortal, closed, source, fork].map((id) => `/streams/${id}`).sort();
      expect(archive.paths("/streams/", "", 100).paths).toEqual(listed);
      expect(archive.paths("/streams/", listed[1]!, 2).paths).toEqual(listed.slice(2, 4));
      expect(archive.paths("/d", "", 100).paths).toEqual(["/dated/ünïcode"]);
      expect(archive.due(2_000_200 + 3_600_000, 10).ids).toEqual([mortal]);
      expect(archive.due(9_000_000, 10).ids).toEqual([mortal, dated]);
      expect(archive.due(9_000_000, 1).ids).toEqual([mortal]);
      expect(archive.due(9_000_000, 1, archive.due(9_000_000, 1).next).ids).toEqual([dated]);
      expect(archive.release(model.stateOf(plain!))).toBe(true);
      model.append(plain!, "more");
      expect(archive.release(model.stateOf(plain!))).toBe(false);
      await model.quiet();
    });

    test("a removed stream leaves the archive at once, and for good", async () => {
      const [plain] = await populate();
      await log.checkpoint();
      model.remove(plain!);
      expect(log.archive?.byId(plain!)).toBeUndefined();
      expect(log.archive?.byPath(`/streams/${plain}`)).toBeUndefined();
      await model.quiet();
      await expect(async () => log.read(plain!, 0, 5)).rejects.toThrow();
      await log.checkpoint();
      await expect(async () => log.read(plain!, 0, 5)).rejects.toThrow();
      await reopen();
      expect(log.archive?.byId(plain!)).toBeUndefined();
      expect(log.archive?.paths(`/streams/${plain}`, "", 10).paths).toEqual([]);
      await expect(async () => log.read(plain!, 0, 5)).rejects.toThrow();
    });

    test("ids are not given out twice, and the store keeps its name", async () => {
      const first = model.create();
      model.remove(first);
      await model.quiet();
      await log.close();
      log = await openStore();
      const one = await log.open(new Model(log), new Model(log));
      expect(one.lastId).toBe(first);
      await log.close();
      log = await openStore();
      const two = await log.open(new Model(log), new Model(log));
      expect(two).toMatchObject({ lastId: first, storeId: one.storeId, streams: 0 });
    });

    test("recovery reports how many streams there are", async () => {
      const ids = await populate();
      await log.checkpoint();
      model.create();
      model.remove(ids[0]!);
      await model.quiet();
      await log.close();
      log = await openStore();
      const report = await log.open(new Model(log), new Model(log));
      expect(report).toMatchObject({ streams: ids.length, tornTail: false });
    });

    test("a long stream of short and long appends reads the same from memory and from the archive", async () => {
      const id = model.create();
      const slow = model.create();
      let whole = "";
      let slowWhole = "";
      const starts = new Set([0]);
      for (let round = 0; round < 8; round++) {
        for (let count = 0; count < 120; count++) {
          const length = count === 60 ? 3 * READ_CHUNK_BYTES + 5 : 1 + ((count * 97) % 900);
          const text = `${round}.${count}.`.repeat(length).slice(0, length);
          model.append(id, text);
          whole += text;
          starts.add(whole.length);
        }
        model.append(slow, `tick ${round};`);
        slowWhole += `tick ${round};`;
        await model.quiet();
        if (round % 3 === 0) await log.checkpoint();
        if (round % 3 === 2) await reopen();
      }
      expect(await model.text(id)).toBe(whole);
      expect(await model.text(slow)).toBe(slowWhole);
      expect(await model.text(id, 12_345, 400_000)).toBe(whole.slice(12_345, 400_000));
      const sorted = [...starts].sort((left, right) => left - right);
      for (let position = 0; position <= whole.length; position += 4999) {
        const boundary = log.boundaryBefore(id, position);
        const containing = sorted.findLast((start) => start <= position)!;
        expect(boundary).toBe(containing);
      }
    });
  });
}
