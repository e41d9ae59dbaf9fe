import fc from "fast-check";
import { expect, test } from "vitest";
import { formatOffset } from "../offset.ts";
import { parseControl } from "./control.ts";
import { sseDecoder } from "./decode.ts";
import { encodeSseEvents, type SseEncoding, type SsePair } from "./encode.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function pair(payload: Uint8Array | string, encoding: SseEncoding, rest: Partial<SsePair> = {}): SsePair {
  return {
    payload: typeof payload === "string" ? encoder.encode(payload) : payload,
    encoding,
    nextOffset: formatOffset(16),
    cursor: "3347933",
    upToDate: true,
    closed: false,
    ...rest,
  };
}

function encode(...args: Parameters<typeof pair>): string {
  return decoder.decode(encodeSseEvents(pair(...args)));
}

test("a data event and its control event have the exact framing of protocol §14.2, and an id", () => {
  expect(encode('[{"n":1},{"n":2}]', "json")).toBe(
    "event: data\n" +
      'data:[{"n":1},{"n":2}]\n' +
      "id:0000000000000000_0000000000000016\n" +
      "\n" +
      "event: control\n" +
      'data:{"streamNextOffset":"0000000000000000_0000000000000016","streamCursor":"3347933","upToDate":true}\n' +
      "\n",
  );
});

test("without a payload there is a control event alone, with its own id", () => {
  expect(encode("", "text", { upToDate: false })).toBe(
    "event: control\n" +
      'data:{"streamNextOffset":"0000000000000000_0000000000000016","streamCursor":"3347933"}\n' +
      "id:0000000000000000_0000000000000016\n" +
      "\n",
  );
});

test("a closed stream's control event has no cursor", () => {
  expect(encode("", "text", { closed: true })).toContain(
    'data:{"streamNextOffset":"0000000000000000_0000000000000016","upToDate":true,"streamClosed":true}\n',
  );
});

test.each([
  ["line1\nline2\nline3", "data:line1\ndata:line2\ndata:line3\n"],
  ["a\r\nb", "data:a\ndata:b\n"],
  ["a\rb", "data:a\ndata:b\n"],
  ["a\n\nb", "data:a\ndata:\ndata:b\n"],
  ["a\r\rb", "data:a\ndata:\ndata:b\n"],
  ["a\n\rb", "data:a\ndata:\ndata:b\n"],
  ["\n", "data:\ndata:\n"],
  [" a\n b\r\n  c", "data:  a\ndata:  b\ndata:   c\n"],
])("text %j is sent as %j", (text, lines) => {
  expect(encode(text, "text")).toContain(`event: data\n${lines}id:`);
});

test("binary data is sent as padded base64", () => {
  expect(encode("Hello", "base64")).toContain("data:SGVsbG8=\n");
});

test("no payload can end its event or form another", () => {
  const piece = fc.constantFrom("\n", "\r", "\r\n", "event: control", "data:", "id:1", ":", " ", "a", "é");
  const text = fc.oneof(
    fc.string(),
    fc.array(piece).map((pieces) => pieces.join("")),
  );
  fc.assert(
    fc.property(
      text.filter((payload) => payload !== ""),
      (payload) => {
        const events = sseDecoder()(encode(payload, "text"));
        expect(events.map(({ event }) => event)).toEqual(["data", "control"]);
        expect(events[0]!.data).toBe(payload.replaceAll(/\r\n?/g, "\n"));
        expect(parseControl(events[1]!.data)?.streamNextOffset).toBe(formatOffset(16));
      },
    ),
  );
});
