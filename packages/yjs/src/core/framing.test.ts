import { Random, replayOf, Seeds } from "@perennial/testing";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { expect, it } from "vitest";
import { encodeFrames, endOfFrames, FrameDecoder, FrameError } from "./framing.ts";

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);

it.each([
  [0, [0x00]],
  [127, [0x7f]],
  [128, [0x80, 0x01]],
  [300, [0xac, 0x02]],
])("frames %i bytes as lib0 does", (length, head) => {
  const framed = encodeFrames([bytes(length)]);
  expect([...framed.subarray(0, head.length)]).toEqual(head);
  const encoder = encoding.createEncoder();
  encoding.writeVarUint8Array(encoder, bytes(length));
  expect(framed).toEqual(encoding.toUint8Array(encoder));
  expect(decoding.readVarUint8Array(decoding.createDecoder(framed))).toEqual(bytes(length));
});

const seeds = new Seeds(200);
it(`gives every update back, wherever the bytes are cut (${seeds})`, () => {
  for (const seed of seeds) {
    const random = new Random(seed);
    const updates = Array.from({ length: random.below(8) }, () =>
      bytes(random.pick([0, 1, 5, 127, 128, 300, 20_000])),
    );
    const body = encodeFrames(updates);
    const decoder = new FrameDecoder();
    const found: Uint8Array[] = [];
    for (let at = 0; at < body.length; ) {
      const end = Math.min(body.length, at + 1 + random.below(400));
      const chunk = body.slice(at, end);
      found.push(...decoder.push(chunk).map((update) => update.slice()));
      // What was pushed is the caller's again.
      chunk.fill(0);
      at = end;
    }
    expect(found, replayOf(seed)).toEqual(updates);
    expect(decoder.isAtBoundary, replayOf(seed)).toBe(true);
    expect(endOfFrames(body, 0, updates.length), replayOf(seed)).toBe(body.length);
    const some = random.below(updates.length + 1);
    const end = endOfFrames(body, 0, some)!;
    expect(end, replayOf(seed)).toBe(encodeFrames(updates.slice(0, some)).length);
    expect(endOfFrames(body, end, updates.length), replayOf(seed)).toBe(body.length);
    if (body.length > 1)
      expect(endOfFrames(body.subarray(0, -1), 0, updates.length) !== undefined, replayOf(seed)).toBe(
        updates.at(-1)!.length === 0,
      );
  }
});

it("says that a length beyond all bounds is damage, and begins anew", () => {
  const decoder = new FrameDecoder();
  expect(() => decoder.push(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01))).toThrow(FrameError);
  expect(decoder.push(encodeFrames([bytes(3)]))).toEqual([bytes(3)]);
});

it("takes half a length, half a frame, and a length without end for no frames", () => {
  for (const wrong of [[0x80], [0x05, 1, 2], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]])
    expect(endOfFrames(Uint8Array.from(wrong), 0, 1)).toBeUndefined();
});
