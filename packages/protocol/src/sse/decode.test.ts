import fc from "fast-check";
import { expect, test } from "vitest";
import { type SseEvent, sseDecoder } from "./decode.ts";

/** A decoder of whole streams, written from the standard with no thought of speed or of pieces. */
function decodeNaively(text: string): SseEvent[] {
  const events: SseEvent[] = [];
  let event = "";
  let data: string[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (const line of lines.slice(0, -1)) {
    const [, name, value] = /^([^:]*)(?:: ?)?(.*)$/s.exec(line)!;
    if (line === "") {
      if (data.length > 0) events.push({ event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
    } else if (name === "event") {
      event = value!;
    } else if (name === "data") {
      data.push(value!);
    }
  }
  return events;
}

const piece = fc.constantFrom(
  ...[
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "data:",
    "data: ",
    "data",
    "event:",
    "event: data",
    "id:",
    "id: 7",
    "retry:1",
  ],
  ...[":", " ", "a", "é", "\0", "\uFEFF", ": comment", "unknown: x"],
);
const streamText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

test("a stream means the same however it is cut into pieces", () => {
  fc.assert(
    fc.property(streamText, fc.infiniteStream(fc.integer({ min: 0, max: 6 })), (text, sizes) => {
      const decoder = sseDecoder();
      const events: SseEvent[] = [];
      for (let start = 0; start < text.length; ) {
        const part = text.slice(start, start + sizes.next().value!);
        events.push(...decoder.push(part));
        start += part.length;
      }
      expect(events).toEqual(decodeNaively(text));
    }),
    { numRuns: 1000 },
  );
});

test("data lines join by LF, one leading blank goes, and other fields are ignored", () => {
  const decoder = sseDecoder();
  expect(decoder.push("event: data\ndata:a\ndata:  b\ndata:\nid:5\n\nevent: control\ndata:{}\n\n")).toEqual([
    { event: "data", data: "a\n b\n" },
    { event: "control", data: "{}" },
  ]);
});

test("a CRLF cut in two is one line end", () => {
  const decoder = sseDecoder();
  expect(decoder.push("data:a\r")).toEqual([]);
  expect(decoder.push("\n\r")).toEqual([{ event: "message", data: "a" }]);
  expect(decoder.push("\ndata:b\n")).toEqual([]);
  expect(decoder.push("\n")).toEqual([{ event: "message", data: "b" }]);
});

test.each([
  ["one long line", ["data:", "x".repeat(50), "x".repeat(50)]],
  ["many lines", Array.from({ length: 30 }, () => "data:x\n")],
  ["many empty lines of data", Array.from({ length: 30 }, () => "data\n")],
  ["a long comment", [`:${"x".repeat(100)}`]],
])("an event beyond the limit ends decoding: %s", (_, parts) => {
  const decoder = sseDecoder(100);
  expect(decoder.push("data:ok\n\n")).toHaveLength(1);
  for (const part of parts) expect(decoder.push(part)).toEqual([]);
  expect(decoder.isTooLarge).toBe(true);
  expect(decoder.push("\n\ndata:late\n\n")).toEqual([]);
});

test("events before the one that is too large are still returned", () => {
  const decoder = sseDecoder(20);
  expect(decoder.push(`data:a\n\ndata:${"x".repeat(30)}\n\n`)).toHaveLength(1);
  expect(decoder.isTooLarge).toBe(true);
});

test("comments and ignored fields never add up to the limit", () => {
  const decoder = sseDecoder(20);
  for (let count = 0; count < 100; count++) decoder.push(": alive\nretry: 10\n");
  expect(decoder.push("data:a\n\n")).toHaveLength(1);
  expect(decoder.isTooLarge).toBe(false);
});
