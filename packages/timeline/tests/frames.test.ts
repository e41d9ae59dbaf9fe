import { runs } from "@perennial/testing";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeHeader,
  encodeHeader,
  FrameDecoder,
  FrameLog,
  FrameRing,
  MAX_HEADER_BYTES,
} from "../src/index.ts";
import { FORMAT } from "./support.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("a beginning says what it was made from, and where it ends", () => {
  const header = encodeHeader(FORMAT);
  expect(decodeHeader(header)).toEqual({ kind: "format", format: FORMAT, bytes: header.length });
  expect(decodeHeader(header.subarray(0, -1))).toEqual({ kind: "incomplete" });
});

test.each([
  ["no JSON", "hello\n"],
  ["no object", "7\n"],
  ["another version", '{"timeline":2,"kind":"a","frameBytes":1,"rate":1}\n'],
  ["a kind with other characters", '{"timeline":1,"kind":"<b>","frameBytes":1,"rate":1}\n'],
  ["frames of no length", '{"timeline":1,"kind":"a","frameBytes":0,"rate":1}\n'],
  ["frames of half a byte", '{"timeline":1,"kind":"a","frameBytes":1.5,"rate":1}\n'],
  ["frames of a gigabyte", '{"timeline":1,"kind":"a","frameBytes":1e9,"rate":1}\n'],
  ["no time", '{"timeline":1,"kind":"a","frameBytes":1,"rate":0}\n'],
  ["about as a list", '{"timeline":1,"kind":"a","frameBytes":1,"rate":1,"about":[]}\n'],
  ["bytes that are no text", "\u0000\n"],
  ["no end", "x".repeat(MAX_HEADER_BYTES)],
])("%s is no beginning", (_, text) => {
  expect(decodeHeader(bytesOf(text)).kind).toBe("rejected");
});

test("a beginning that nobody could read is refused when it is written", () => {
  expect(() => encodeHeader({ ...FORMAT, frameBytes: 0 })).toThrow(/frameBytes/);
  expect(() => encodeHeader({ ...FORMAT, about: { text: "x".repeat(MAX_HEADER_BYTES) } })).toThrow(
    RangeError,
  );
});

test("a timeline is put together from bytes that were cut anywhere", () => {
  const frames = fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), { maxLength: 40 });
  const cuts = fc.array(fc.nat({ max: 300 }), { maxLength: 12 });
  fc.assert(
    fc.property(frames, cuts, (frames, cuts) => {
      const whole = new Uint8Array([...encodeHeader(FORMAT), ...frames.flatMap((frame) => [...frame])]);
      const decoder = new FrameDecoder(1_000);
      const edges = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
      edges.slice(1).forEach((edge, index) => {
        expect(decoder.take(whole.subarray(edges[index], edge))).toEqual({ kind: "ok" });
      });
      expect(decoder.format).toEqual(FORMAT);
      expect(decoder.frames!.length).toBe(frames.length);
      frames.forEach((frame, index) => {
        expect(decoder.frames!.at(index)).toEqual(frame);
      });
    }),
    { numRuns: runs(100) },
  );
});

test("a timeline that is too long is refused, and nothing of what is too much is kept", () => {
  const decoder = new FrameDecoder(10);
  expect(decoder.take(encodeHeader(FORMAT)).kind).toBe("ok");
  expect(decoder.take(new Uint8Array(8)).kind).toBe("ok");
  expect(decoder.take(new Uint8Array(4))).toMatchObject({ rejection: expect.stringContaining("10 bytes") });
  expect(decoder.frames!.length).toBe(2);
});

test("a log has each frame at its place, over many blocks", () => {
  const log = new FrameLog(2, 1_000_000);
  const bytes = new Uint8Array(Uint16Array.from({ length: 20_000 }, (_, index) => index).buffer);
  for (let at = 0; at < bytes.length; at += 1_234)
    expect(log.append(bytes.subarray(at, at + 1_234))).toBe(true);
  expect(log.length).toBe(20_000);
  for (const index of [0, 4_095, 4_096, 12_345, 19_999])
    expect([...log.at(index)]).toEqual([index & 255, index >> 8]);
  expect(() => log.at(20_000)).toThrow(RangeError);
  expect(() => log.at(-1)).toThrow(RangeError);
});

test("a log takes no more memory for a frame than frames of that length may take", () => {
  for (const frameBytes of [1, 9, 4_096, 65_536]) {
    const log = new FrameLog(frameBytes, 4_000_000);
    for (let count = 0; count < 20; count++) log.append(new Uint8Array(frameBytes).fill(count));
    expect(log.at(0).buffer.byteLength).toBeLessThanOrEqual(65_536);
    expect([0, 7, 19].map((at) => log.at(at)[frameBytes - 1])).toEqual([0, 7, 19]);
  }
});

test("a ring gives frames in the order in which it got them, and takes none when it is full", () => {
  const actions = fc.array(
    fc.oneof(fc.record({ push: fc.nat({ max: 9 }) }), fc.record({ take: fc.nat({ max: 9 }) })),
  );
  fc.assert(
    fc.property(actions, (actions) => {
      const ring = new FrameRing(1, 5);
      const model: number[] = [];
      let next = 0;
      for (const action of actions) {
        if ("take" in action) expect([...ring.take(action.take)]).toEqual(model.splice(0, action.take));
        else
          for (let count = 0; count < action.push; count++, next = (next + 1) & 255) {
            const hasRoom = model.length < 5;
            expect(ring.push(Uint8Array.of(next))).toBe(hasRoom);
            if (hasRoom) model.push(next);
          }
        expect(ring.length).toBe(model.length);
      }
    }),
    { numRuns: runs(200) },
  );
  expect(() => new FrameRing(2, 1).push(new Uint8Array(3))).toThrow(RangeError);
});
