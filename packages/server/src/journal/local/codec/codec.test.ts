import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamRecord } from "../../../stream/records.ts";
import { allocateBlock, ByteReader, ByteWriter, blockOf, stringRoom } from "./bytes.ts";
import { crc32 } from "./crc32.ts";
import { joinedCrc32 } from "./crc32-joined.ts";
import { FRAME_HEADER_BYTES, inspectFrame, previousDistance } from "./frame.ts";
import { decodeRecord, frameRoom, headRoom, RecordEncoder } from "./record-codec.ts";

const number = fc.maxSafeNat();
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const data = fc.uint8Array({ maxLength: 300 }).map((bytes) => ({
  parts: bytes.length === 0 ? [] : [Buffer.from(bytes)],
  byteLength: bytes.length,
}));
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const fork = fc.record({
  sourceId: number,
  sourcePath: text,
  anchor: number,
  subOffset: number,
  offset: number,
  inheritsLifetime: fc.boolean(),
  inheritsMaxBytes: fc.boolean(),
});
const common = { id: number, at: number };
const record: fc.Arbitrary<StreamRecord> = fc.oneof(
  fc.record({
    kind: fc.constant("append" as const),
    ...common,
    position: number,
    data,
    closes: fc.boolean(),
    producer: optional(fc.record({ id: text, epoch: number, seq: number })),
    streamSeq: optional(text),
  }),
  fc.record({
    kind: fc.constant("create" as const),
    ...common,
    path: text,
    contentType: text,
    ttlSeconds: optional(number),
    expiresAt: optional(fc.integer()),
    maxBytes: optional(number),
    fork: optional(fork),
    closed: fc.boolean(),
    data,
  }),
  fc.record({
    kind: fc.constant("delete" as const),
    ...common,
    removed: fc.array(number, { maxLength: 5 }),
    released: optional(number),
  }),
  fc.record({ kind: fc.constant("renew" as const), ...common }),
);
const place = fc.record({
  position: number,
  term: fc.integer({ min: 0, max: 0xffff_ffff }),
  back: fc.integer({ min: 0, max: 1_000_000 }),
});

/** The record's frame, at some offset of a larger block. */
function framed(subject: StreamRecord, position: number, term: number, back: number, at: number) {
  const block = allocateBlock(at + frameRoom(subject) + 64);
  const length = new RecordEncoder(block).encode(block, at, subject, 77, {
    position,
    term,
    barrier: position - back,
  });
  return { block, length };
}

describe("records", () => {
  test("are read as they were written, within the room they asked for", () => {
    fc.assert(
      fc.property(record, place, fc.nat({ max: 40 }), (subject, { position, term, back }, at) => {
        const { block, length } = framed(subject, position, term, back, at);
        expect(length).toBeLessThanOrEqual(frameRoom(subject));
        const outcome = inspectFrame(block, at, block.bytes.length, position, term);
        expect(outcome).toEqual({ kind: "frame", length, term, barrier: position - back });
        expect(decodeRecord(block, at)).toEqual(subject);
        if ("data" in subject) expect(previousDistance(block, at)).toBe(77);
      }),
    );
  });

  test("count only at their own log position, and not below the term", () => {
    fc.assert(
      fc.property(record, place, (subject, { position, term, back }) => {
        const { block } = framed(subject, position, term, back, 0);
        const end = block.bytes.length;
        expect(inspectFrame(block, 0, end, position + 1, term).kind).toBe("end");
        if (term < 0xffff_ffff) expect(inspectFrame(block, 0, end, position, term + 1).kind).toBe("end");
      }),
    );
  });

  test("are read as they were written when their data was in its place before", () => {
    fc.assert(
      fc.property(record, place, fc.nat({ max: 40 }), (subject, { position, term, back }, slack) => {
        if (!("data" in subject)) return;
        const dataAt = headRoom(subject) + slack;
        const bytes = Buffer.concat(subject.data.parts);
        const block = allocateBlock(dataAt + bytes.length);
        block.bytes.fill(0xee);
        block.bytes.set(bytes, dataAt);
        const ahead = { dataAt, checksum: crc32(blockOf(bytes).view, 0, bytes.length) };
        const placed = { position, term, barrier: position - back };
        const length = new RecordEncoder(block).encode(block, 0, subject, 77, placed, ahead);
        expect(inspectFrame(block, 0, block.bytes.length, position, term)).toMatchObject({
          kind: "frame",
          length,
        });
        expect(decodeRecord(block, 0)).toEqual(subject);
      }),
    );
  });

  test("with any byte changed are not taken for records", () => {
    fc.assert(
      fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), (subject, where, change) => {
        const { block, length } = framed(subject, 1000, 5, 10, 0);
        const index = where % length;
        block.bytes[index] = block.bytes[index]! ^ change;
        expect(inspectFrame(block, 0, block.bytes.length, 1000, 5).kind).not.toBe("frame");
      }),
    );
  });

  test("cut off at any place are not taken for records", () => {
    fc.assert(
      fc.property(record, fc.nat(), (subject, where) => {
        const { block, length } = framed(subject, 1000, 5, 10, 0);
        const kept = where % length;
        expect(inspectFrame(block, 0, kept, 1000, 5)).toEqual({
          kind: "partial",
          length: kept < FRAME_HEADER_BYTES ? FRAME_HEADER_BYTES : length,
        });
        block.bytes.fill(0, kept);
        const rest = inspectFrame(block, 0, block.bytes.length, 1000, 5).kind;
        // A frame whose last bytes are zeros anyway is whole.
        if (decodesOtherwise(subject, block)) expect(rest).not.toBe("frame");
      }),
    );
  });
});

test("a frame with a field or a kind that nobody knows is refused by name", () => {
  const renew: StreamRecord = { kind: "renew", id: 1, at: 2 };
  const { block } = framed(renew, 1000, 5, 10, 0);
  block.view.setUint16(26, 0x200, true);
  expect(() => decodeRecord(block, 0)).toThrow("a renew record has a field that this version does not know");
  block.view.setUint8(24, 99);
  expect(() => decodeRecord(block, 0)).toThrow("a record of a kind that this version does not know");
});

function decodesOtherwise(subject: StreamRecord, block: ReturnType<typeof allocateBlock>): boolean {
  const whole = framed(subject, 1000, 5, 10, 0).block;
  return Buffer.compare(whole.bytes, block.bytes) !== 0;
}

test("arbitrary bytes are never an exception", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), number, (bytes, position) => {
      expect(inspectFrame(blockOf(bytes), 0, bytes.length, position, 0).kind).not.toBe("frame");
    }),
  );
});

test("numbers and strings are read as they were written", () => {
  fc.assert(
    fc.property(number, fc.double({ noNaN: true }), fc.string({ unit: "grapheme" }), (whole, any, string) => {
      const block = allocateBlock(16 + stringRoom(string));
      const writer = new ByteWriter(block);
      writer.u64(whole);
      writer.f64(any);
      writer.string(string);
      const reader = new ByteReader(block);
      expect([reader.u64(), reader.f64(), reader.string()]).toEqual([whole, any, string]);
      expect(reader.at).toBe(writer.at);
    }),
  );
});

describe("crc32", () => {
  const of = (bytes: Uint8Array) => crc32(blockOf(bytes).view, 0, bytes.length);

  test("gives the check value of the polynomial", () => {
    expect(of(Buffer.from("123456789"))).toBe(0xcbf43926);
  });

  test("of two ranges is known from those of both", () => {
    const bytes = fc.uint8Array({ maxLength: 1500, size: "max" });
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        const joined = joinedCrc32(of(first), of(second), second.length);
        expect(joined).toBe(of(Buffer.concat([first, second])));
      }),
    );
  });

  test("is the same as bit by bit", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1500, size: "max" }), (bytes) => {
        let crc = 0xffff_ffff;
        for (const byte of bytes) {
          crc ^= byte;
          for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
        }
        expect(of(bytes)).toBe(~crc >>> 0);
      }),
    );
  });
});
