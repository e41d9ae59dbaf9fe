import fc from "fast-check";
import { expect, test } from "vitest";
import { isMessageBoundary, MessageScanner, skipMessages, wrapStored } from "./messages.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Messages as they may be stored: texts full of what could be mistaken for a boundary. */
const message = fc
  .tuple(
    fc.oneof(
      fc.jsonValue(),
      fc.array(fc.constantFrom(",", '"', "\\", "[", "]", "{", "}", "é")).map((pieces) => pieces.join("")),
      fc.dictionary(fc.constantFrom(",", '"', "}"), fc.constantFrom("],", "\\")),
    ),
    fc.constantFrom(undefined, 1),
  )
  .map(([value, indent]) => JSON.stringify(value, null, indent));
const messages = fc.array(message, { maxLength: 8 });

/** Where each message ends, counted naively. */
function endsOf(texts: readonly string[]): number[] {
  let end = 0;
  return texts.map((text) => {
    end += encoder.encode(text).length + 1;
    return end;
  });
}

function store(texts: readonly string[]): Uint8Array {
  return encoder.encode(texts.map((text) => `${text},`).join(""));
}

test("skipping goes to the end of the n-th message, or of the last", () => {
  fc.assert(
    fc.property(messages, fc.nat({ max: 10 }), fc.nat({ max: 10 }), (texts, first, count) => {
      const ends = [0, ...endsOf(texts)];
      const from = Math.min(first, texts.length);
      const skipped = Math.min(count, texts.length - from);
      expect(skipMessages(store(texts), ends[from]!, count)).toEqual({
        position: ends[from + skipped],
        skipped,
      });
    }),
  );
});

test("the boundaries are the ends of the messages and nothing else", () => {
  fc.assert(
    fc.property(messages, (texts) => {
      const stored = store(texts);
      const ends = new Set([0, ...endsOf(texts)]);
      for (let position = -1; position <= stored.length + 1; position++) {
        expect(isMessageBoundary(stored, position)).toBe(ends.has(position));
      }
    }),
  );
});

test("how the bytes are cut into chunks makes no difference", () => {
  fc.assert(
    fc.property(messages, fc.infiniteStream(fc.integer({ min: 0, max: 5 })), (texts, sizes) => {
      const stored = store(texts);
      const scanner = new MessageScanner();
      for (let start = 0; start < stored.length; ) {
        const chunk = stored.subarray(start, start + sizes.next().value!);
        expect(scanner.scan(chunk)).toBe(chunk.length);
        start += chunk.length;
        expect(scanner.position).toBe(start);
        expect(scanner.atBoundary).toBe(isMessageBoundary(stored, start));
      }
      expect([scanner.count, scanner.boundary]).toEqual([texts.length, stored.length]);
    }),
  );
});

test("a scan stops after the message that it was asked for", () => {
  const scanner = new MessageScanner();
  const stored = encoder.encode("1,[2,3],4,");
  expect(scanner.scan(stored, 2)).toBe(8);
  expect([scanner.count, scanner.position, scanner.atBoundary]).toEqual([2, 8, true]);
  expect(scanner.scan(stored.subarray(8), 2)).toBe(0);
  expect(scanner.scan(stored.subarray(8))).toBe(2);
  expect(scanner.count).toBe(3);
});

test("a message that has not ended is not counted", () => {
  expect(skipMessages(encoder.encode('1,{"a":2'), 0, 5)).toEqual({ position: 2, skipped: 1 });
});

test("stored messages are read as one array", () => {
  expect(decoder.decode(wrapStored(new Uint8Array()))).toBe("[]");
  fc.assert(
    fc.property(messages, (texts) => {
      expect(decoder.decode(wrapStored(store(texts)))).toBe(`[${texts.join(",")}]`);
    }),
  );
});
