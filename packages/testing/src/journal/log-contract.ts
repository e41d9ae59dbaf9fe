/** What every log promises (`../contract.ts`), as one suite that runs over each implementation. */

import { type Log, READ_CHUNK_BYTES } from "@perennial/server/journal";
import { beforeEach, describe, expect, test } from "vitest";
import { bytes, Model } from "./model.ts";

/** Runs the suite over fresh, empty logs made by `make`. */
export function describeLogContract(name: string, make: () => Promise<Log>): void {
  describe(`${name} keeps the contract of a log`, () => {
    let model: Model;
    beforeEach(async () => {
      model = await new Model(await make()).open();
      return () => model.log.close();
    });

    test("records become durable once each, in the order of append", async () => {
      const ids = [model.create(), model.create(), model.create()];
      for (let round = 0; round < 50; round++) for (const id of ids) model.append(id, `${round};`);
      const accepted = 3 + 150;
      await model.quiet();
      expect(model.settled).toHaveLength(accepted);
      expect(model.settled.every(({ outcome }) => outcome === "durable")).toBe(true);
      const order = model.settled
        .filter(({ record }) => record.kind === "append")
        .map(({ record }) => record.id);
      expect(order).toEqual(Array.from({ length: 50 }, () => ids).flat());
    });

    test("the listener is never called from inside append", async () => {
      const id = model.create();
      for (let count = 0; count < 100; count++) {
        model.append(id, "x");
        expect(model.settled).toHaveLength(0);
      }
      await model.quiet();
    });

    test("a listener may append", async () => {
      const id = model.create();
      model.afterDurable = () => {
        if (model.stateOf(id).tail < 5) model.append(id, "x");
      };
      await model.quiet();
      expect(await model.text(id)).toBe("xxxxx");
    });

    test("bytes belong to the log once append has returned", async () => {
      const body = Buffer.from("original");
      const id = model.create({ data: bytes(body) });
      model.append(id, body);
      body.fill("-");
      await model.quiet();
      expect(await model.text(id)).toBe("originaloriginal");
    });

    test("bytes that were read belong to the caller", async () => {
      const id = model.create({ data: bytes("first") });
      await model.quiet();
      const copy = await model.log.read(id, 0, 5);
      copy.fill(0);
      for (let count = 0; count < 10; count++) model.append(id, "later");
      await model.quiet();
      expect([...copy]).toEqual([0, 0, 0, 0, 0]);
      expect(await model.text(id, 0, 5)).toBe("first");
    });

    test("data in several parts is stored as their concatenation", async () => {
      const parts = ["a", "bc", "", "def"].map((part) => Buffer.from(part));
      const id = model.create({ data: { parts, byteLength: 6 } });
      model.append(id, "", { data: { parts, byteLength: 6 } });
      await model.quiet();
      expect(await model.text(id)).toBe("abcdefabcdef");
    });

    test("any range reads as those bytes, whatever else was appended between them", async () => {
      const [id, other] = [model.create(), model.create()];
      let whole = "";
      for (let count = 0; count < 300; count++) {
        const text = `<${count}${"-".repeat(count % 7)}>`;
        whole += text;
        model.append(id, text);
        if (count % 3 === 0) model.append(other, "noise");
      }
      await model.quiet();
      for (let from = 0; from < whole.length; from += 37) {
        const to = Math.min(whole.length, from + 1 + ((from * 13) % 500));
        expect(await model.text(id, from, to)).toBe(whole.slice(from, to));
      }
    });

    test("a read returns at least one byte and at most one chunk", async () => {
      const long = "0123456789abcdef".repeat((2.5 * READ_CHUNK_BYTES) / 16);
      const id = model.create({ data: bytes(long) });
      model.append(id, "tail");
      await model.quiet();
      const first = await model.log.read(id, 1, long.length);
      expect(first.length).toBeGreaterThanOrEqual(1);
      expect(first.length).toBeLessThanOrEqual(READ_CHUNK_BYTES);
      expect(await model.text(id)).toBe(`${long}tail`);
    });

    test("a boundary is the start of the append that holds the byte", async () => {
      const id = model.create();
      const starts = [0];
      for (let count = 0; count < 400; count++) {
        model.append(id, "x".repeat(count === 200 ? 2 * READ_CHUNK_BYTES : 1 + ((count * 31) % 700)));
        starts.push(model.stateOf(id).tail);
      }
      await model.quiet();
      const tail = starts.at(-1)!;
      for (let position = 0; position <= tail; position += 997) {
        const boundary = model.log.boundaryBefore(id, position);
        expect(boundary).toBe(starts.filter((start) => start <= position).at(-1));
      }
      expect(model.log.boundaryBefore(id, tail)).toBe(tail);
    });

    test("a fork's own range begins where it leaves its source", async () => {
      const source = model.create({ data: bytes("shared and more") });
      const fork = model.fork(source, 6, { data: bytes(" own") });
      model.append(fork, " bytes");
      await model.quiet();
      expect(await model.text(fork, 6)).toBe(" own bytes");
      expect(await model.text(source)).toBe("shared and more");
      expect(model.log.boundaryBefore(fork, 7)).toBe(6);
    });

    test("a close without bytes, a renewal and a soft deletion leave the bytes as they are", async () => {
      const id = model.create({ data: bytes("abc"), ttlSeconds: 60 });
      model.fork(id, 3);
      model.accept({ kind: "renew", id, at: 1_500_000 });
      model.append(id, "", { closes: true });
      model.softDelete(id);
      await model.quiet();
      expect(model.settled).toHaveLength(5);
      expect(await model.text(id)).toBe("abc");
    });

    test("a removed stream cannot be read any more, nor found in the archive", async () => {
      const source = model.create({ data: bytes("source") });
      const fork = model.fork(source, 6, { data: bytes("fork") });
      model.softDelete(source);
      model.remove(fork, [source]);
      await model.quiet();
      await expect(async () => model.log.read(fork, 6, 10)).rejects.toThrow();
      await expect(async () => model.log.read(source, 0, 6)).rejects.toThrow();
      expect(model.log.archive?.byId(fork)).toBeUndefined();
      expect(model.log.archive?.byPath(`/streams/${source}`)).toBeUndefined();
    });

    test("closing makes durable what was accepted", async () => {
      const id = model.create();
      model.append(id, "last words");
      await model.log.close();
      expect(model.settled.map(({ outcome }) => outcome)).toEqual(["durable", "durable"]);
    });
  });
}
