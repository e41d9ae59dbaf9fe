import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allocateBlock, ByteReader, ByteWriter } from "./bytes.ts";
import {
  always,
  either,
  f64,
  flag,
  listOf,
  mapOf,
  NewerFormat,
  optional,
  Struct,
  text,
  u32,
  u64,
} from "./fields.ts";

interface Inner {
  readonly name: string;
  readonly count: number | undefined;
}

interface Outer {
  readonly id: number;
  readonly small: number;
  readonly moment: number | undefined;
  readonly inner: Inner | undefined;
  readonly names: readonly string[];
  readonly counts: Map<string, Inner> | undefined;
  readonly isOpen: boolean;
  readonly colour: "red" | "blue";
}

const INNER = new Struct<Inner>("an inner thing", () => ({ name: "", count: undefined }), {
  name: always(text),
  count: optional(1, u64),
});

const OUTER = new Struct<Outer>(
  "an outer thing",
  () => ({
    ...{ id: 0, small: 0, moment: undefined, inner: undefined, names: [], counts: undefined },
    ...{ isOpen: false, colour: "red" },
  }),
  {
    id: always(u64),
    small: always(u32),
    moment: optional(1, f64),
    inner: optional(2, INNER),
    names: always(listOf(text)),
    counts: optional(8, mapOf(text, INNER)),
    isOpen: flag(16),
    colour: either<Outer["colour"]>(32, "red", "blue"),
  },
);

const word = fc.string({ unit: "grapheme", maxLength: 20 });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const inner = fc.record({ name: word, count: maybe(fc.maxSafeNat()) });
const outer: fc.Arbitrary<Outer> = fc.record({
  id: fc.maxSafeNat(),
  small: fc.integer({ min: 0, max: 0xffff_ffff }),
  moment: maybe(fc.double({ noNaN: true })),
  inner: maybe(inner),
  names: fc.array(word, { maxLength: 5 }),
  counts: maybe(fc.array(fc.tuple(word, inner), { maxLength: 5 }).map((entries) => new Map(entries))),
  isOpen: fc.boolean(),
  colour: fc.constantFrom("red" as const, "blue" as const),
});

/** The struct as it is stored, in a block with just the room that it asks for. */
function stored(value: Outer): ReturnType<typeof allocateBlock> & { readonly length: number } {
  const block = allocateBlock(OUTER.room(value));
  const writer = new ByteWriter(block);
  OUTER.write(writer, value);
  return { ...block, length: writer.at };
}

describe("a struct", () => {
  test("is read as it was written, and fits the room that it asks for", () => {
    fc.assert(
      fc.property(outer, (value) => {
        const { bytes, view, length } = stored(value);
        const reader = new ByteReader({ bytes, view });
        expect(OUTER.read(reader)).toEqual(value);
        expect(reader.at).toBe(length);
      }),
    );
  });

  test("with a bit that nobody knows is refused by name, wherever it lies", () => {
    fc.assert(
      fc.property(outer, fc.constantFrom(4, 64, 0x8000), (value, bit) => {
        const { bytes, view } = stored(value);
        view.setUint16(0, view.getUint16(0, true) | bit, true);
        const read = () => OUTER.read(new ByteReader({ bytes, view }));
        expect(read).toThrow(NewerFormat);
        expect(read).toThrow(
          `an outer thing has a field that this version does not know (bits 0x${bit.toString(16)})`,
        );
      }),
    );
    const within: Outer = {
      ...{ id: 1, small: 2, moment: undefined, inner: { name: "", count: undefined }, names: [] },
      ...{ counts: undefined, isOpen: false, colour: "red" },
    };
    const { bytes, view } = stored(within);
    view.setUint16(2 + 8 + 4, 2, true);
    expect(() => OUTER.read(new ByteReader({ bytes, view }))).toThrow("an inner thing has a field");
  });

  test("has an optional field's room only when the field is there, if its room varies", () => {
    const bare: Outer = {
      ...{ id: 1, small: 2, moment: undefined, inner: undefined, names: [] },
      ...{ counts: undefined, isOpen: true, colour: "blue" },
    };
    expect(OUTER.room(bare)).toBe(2 + 8 + 4 + 8 + 4);
    expect(OUTER.room({ ...bare, inner: { name: "abc", count: undefined } })).toBe(
      OUTER.room(bare) + 2 + 4 + 9 + 8,
    );
  });
});
