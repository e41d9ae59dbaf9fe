import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfigFile } from "./config-file.ts";
import { resolveSettings, type Sources, serverOptions } from "./resolve.ts";

const resolve = (sources: Partial<Sources>) =>
  resolveSettings({ flags: {}, environment: {}, file: undefined, ...sources });

const file = (values: Record<string, unknown>) => ({ path: "settings.json", values });

describe("where settings come from", () => {
  it("a flag beats the environment, the environment beats the file", () => {
    const port = (sources: Partial<Sources>) => resolve(sources).get("port");
    const flags = { port: "1" };
    const environment = { PERENNIAL_PORT: "2" };
    expect(port({ flags, environment, file: file({ port: 3 }) })).toBe(1);
    expect(port({ environment, file: file({ port: 3 }) })).toBe(2);
    expect(port({ file: file({ port: 3 }) })).toBe(3);
    expect(port({})).toBeUndefined();
  });

  it("reads times and sizes with units, and switches", () => {
    const environment = {
      PERENNIAL_DRAIN_MS: "1.5s",
      PERENNIAL_BODY_BYTES: "2 MiB",
      PERENNIAL_ACCESS_LOG: "true",
      PERENNIAL_SSE_CYCLE_JITTER: "0.2",
    };
    expect(serverOptions(resolve({ environment }))).toEqual({
      drainMs: 1500,
      bodyBytes: 2 * 1024 * 1024,
      accessLog: true,
      sseCycleJitter: 0.2,
    });
  });

  it("leaves variables of other programs alone", () => {
    expect(resolve({ environment: { PORT: "x", PERENNIALS: "y" } }).size).toBe(0);
  });
});

describe("what is refused, by name", () => {
  const cases: readonly [string, Partial<Sources>, RegExp][] = [
    [
      "a port out of range",
      { flags: { port: "70000" } },
      /^Error: --port must be between 0 and 65535, not 70000$/,
    ],
    ["a word for a number", { flags: { port: "http" } }, /^Error: --port must be a number, not "http"$/],
    [
      "an empty text",
      { environment: { PERENNIAL_HOST: "" } },
      /^Error: PERENNIAL_HOST must be a text that is not empty/,
    ],
    [
      "an unknown unit",
      { environment: { PERENNIAL_DRAIN_MS: "3 weeks" } },
      /^Error: PERENNIAL_DRAIN_MS must be .*30s/,
    ],
    [
      "a fraction of a byte",
      { file: file({ bodyBytes: 1.5 }) },
      /^Error: "bodyBytes" in settings.json must be a whole/,
    ],
    [
      "a text for a switch",
      { file: file({ accessLog: "yes" }) },
      /^Error: "accessLog" in settings.json must be true or/,
    ],
    ["a list for a text", { file: file({ host: [] }) }, /^Error: "host" in settings.json must be a text/],
    [
      "an unknown level",
      { flags: { logLevel: "loud" } },
      /^Error: --log-level must be one of debug, .*, not "loud"$/,
    ],
    [
      "an unknown variable",
      { environment: { PERENNIAL_PROT: "1" } },
      /^Error: PERENNIAL_PROT is not a setting/,
    ],
    ["an unknown key", { file: file({ prot: 1 }) }, /^Error: "prot" in settings.json is not a setting/],
  ];
  it.each(cases)("%s", (_name, sources, message) => {
    expect(() => resolve(sources)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), exitCode: 2 }),
    );
  });
});

describe("the configuration file", () => {
  const write = (text: string): string => {
    const path = join(mkdtempSync(join(tmpdir(), "perennial-")), "config.json");
    writeFileSync(path, text);
    return path;
  };

  it("holds one object of settings", () => {
    expect(readConfigFile(write('{"port": 1}'))?.values).toEqual({ port: 1 });
  });

  it.each([
    ["is missing", "/nonexistent/config.json", /cannot read the configuration file/],
    ["is not JSON", write("{"), /is not valid JSON/],
    ["is a list", write("[]"), /must hold a JSON object/],
  ])("is refused by name if it %s", (_name, path, message) => {
    expect(() => readConfigFile(path)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), exitCode: 2 }),
    );
  });
});
