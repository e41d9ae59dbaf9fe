import { expect, test } from "vitest";
import { ReadyReaders } from "../../live/ready-readers.ts";
import { pump } from "./pump.ts";
import type { Wire } from "./wire.ts";

const MIB = 1024 * 1024;

test("all bodies of a door together write little in each turn, and each gets its share", async () => {
  const turns = new ReadyReaders();
  const PIECE = new Uint8Array(64 * 1024);
  let inTurn = 0;
  const byTurn: number[] = [];
  const written = new Array<number>(100).fill(0);
  const ended: number[] = [];
  for (let body = 0; body < written.length; body++) {
    const wire: Wire = {
      keepsBytes: false,
      write(bytes) {
        inTurn += bytes.length;
        written[body]! += bytes.length;
        return true;
      },
      bufferedBytes: () => 0,
      end: () => undefined,
      cut: () => undefined,
      listen: () => () => undefined,
    };
    let left = 16;
    const source = { kind: "source" as const, byteLength: MIB, next: () => (left-- > 0 ? PIECE : undefined) };
    pump(source, wire, { turns, stalledReaderMs: 1e6, onEnd: () => ended.push(body) });
  }
  while (ended.length < written.length) {
    byTurn.push(inTurn);
    inTurn = 0;
    if (byTurn.length === 10)
      expect(Math.max(...written) - Math.min(...written)).toBeLessThanOrEqual(MIB / 2);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(written).toEqual(written.map(() => MIB));
  // The first pieces of all, and then four mebibytes in each turn.
  expect(byTurn[0]).toBe(100 * PIECE.length);
  expect(Math.max(...byTurn.slice(1))).toBeLessThanOrEqual(4 * MIB + 256 * 1024);
});
