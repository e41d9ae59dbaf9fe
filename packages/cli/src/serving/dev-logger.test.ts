import { expect, it } from "vitest";
import { readable } from "./dev-logger.ts";

const event = (fields: object): string => JSON.stringify({ time: Date.UTC(2026, 0, 1), ...fields });

it("shows an event as one line of time, level, message and fields", () => {
  const line = readable(event({ level: 30, msg: "listening", url: "http://x", count: 2 }), false);
  expect(line).toMatch(/^\d\d:\d\d:\d\d info {2}listening url=http:\/\/x count=2\n$/);
});

it("shows an error by its message", () => {
  const line = readable(
    event({ level: 50, msg: "failed", err: { type: "Error", message: "no room", stack: "…" } }),
    false,
  );
  expect(line).toContain("error failed err=no room\n");
});

it("colours levels when told to", () => {
  expect(readable(event({ level: 40, msg: "slow" }), true)).toContain("\u001b[33mwarn \u001b[39m");
});
