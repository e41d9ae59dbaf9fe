import { describe, expect, it } from "vitest";
import { flagOf, SETTINGS, variableOf } from "./table.ts";

const setting = (key: string) => SETTINGS.find((candidate) => candidate.key === key)!;

describe("the table of settings", () => {
  it("derives flags and variables from keys", () => {
    expect(flagOf(setting("longPollTimeoutMs"))).toBe("--long-poll-timeout-ms");
    expect(variableOf(setting("longPollTimeoutMs"))).toBe("PERENNIAL_LONG_POLL_TIMEOUT_MS");
  });

  it("shows defaults in their natural unit", () => {
    expect(setting("drainMs").fallback).toBe("10s");
    expect(setting("bodyBytes").fallback).toBe("64MiB");
    expect(setting("keepAliveMs").fallback).toBe("65s");
    expect(setting("pageBytes").fallback).toBeUndefined();
  });

  it("names no setting twice", () => {
    expect(new Set(SETTINGS.map(flagOf)).size).toBe(SETTINGS.length);
  });
});
