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
      const decode = sseDecoder();
      const events: SseEvent[] = [];
      for (let start = 0; start < text.length; ) {
        const part = text.slice(start, start + sizes.next().value!);
        events.push(...decode(part));
        start += part.length;
      }
      expect(events).toEqual(decodeNaively(text));
    }),
    { numRuns: 1000 },
  );
});

test("data lines join by LF, one leading blank goes, and other fields are ignored", () => {
  const decode = sseDecoder();
  expect(decode("event: data\ndata:a\ndata:  b\ndata:\nid:5\n\nevent: control\ndata:{}\n\n")).toEqual([
    { event: "data", data: "a\n b\n" },
    { event: "control", data: "{}" },
  ]);
});

test("a CRLF cut in two is one line end", () => {
  const decode = sseDecoder();
  expect(decode("data:a\r")).toEqual([]);
  expect(decode("\n\r")).toEqual([{ event: "message", data: "a" }]);
  expect(decode("\ndata:b\n")).toEqual([]);
  expect(decode("\n")).toEqual([{ event: "message", data: "b" }]);
});
