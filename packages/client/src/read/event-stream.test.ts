import { describe, expect, test } from "vitest";
import { flushDecoder } from "./event-stream.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const control = 'event: control\ndata: {"streamNextOffset":"1"}\n\n';

describe("an event stream without control events is bounded", () => {
  test.each([
    ["one long line", ["data:", "x".repeat(50), "x".repeat(50)]],
    ["many lines", Array.from({ length: 60 }, () => "data:x\n")],
    ["many events", Array.from({ length: 60 }, () => "event:data\ndata:x\n\n")],
    ["a long comment", [`:${"x".repeat(100)}`]],
  ])("%s", (_, parts) => {
    const decode = flushDecoder(100);
    expect(() => {
      for (const part of parts) decode(bytes(part));
    }).toThrow(/too large/);
  });

  test("each control event begins the count anew", () => {
    const decode = flushDecoder(100);
    for (let count = 0; count < 50; count++) {
      decode(bytes(": alive\n\nevent: data\ndata: a\n\n"));
      expect(decode(bytes(control))).toMatchObject([{ payloads: ["a"] }]);
    }
  });
});
