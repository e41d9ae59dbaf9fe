import { expect, test } from "vitest";
import { parseMessage } from "./parse-message.ts";

test.each(['{"a":1}', "12345678901234567890", "[1,2]", "null", '"text"'])(
  "%s is a message as it stands",
  (text) => {
    expect(parseMessage(text, "json")).toEqual({ kind: "message", body: text });
  },
);

test.each(["{", '{"a":}', "1 2", "undefined"])("%s is no JSON", (text) => {
  expect(parseMessage(text, "json").kind).toBe("rejected");
});

test("text becomes a line, once", () => {
  expect(parseMessage("one", "text")).toEqual({ kind: "message", body: "one\n" });
  expect(parseMessage("one\n", "text")).toEqual({ kind: "message", body: "one\n" });
});

test("bytes are given in hex", () => {
  expect(parseMessage("48 65\n6C", "binary")).toEqual({
    kind: "message",
    body: Uint8Array.of(0x48, 0x65, 0x6c),
  });
  expect(parseMessage("4", "binary").kind).toBe("rejected");
  expect(parseMessage("zz", "binary").kind).toBe("rejected");
});

test("nothing is nothing", () => {
  for (const kind of ["json", "text", "binary"] as const)
    expect(parseMessage(" \n", kind)).toEqual({ kind: "empty" });
});
