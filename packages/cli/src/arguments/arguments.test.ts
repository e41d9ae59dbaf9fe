/** The exported readers of arguments, as the official command reads them. */
import { describe, expect, it } from "vitest";
import {
  buildHeaders,
  buildStreamUrl,
  flattenJsonForAppend,
  getUsageText,
  normalizeBaseUrl,
  parseGlobalOptions,
  parseWriteArgs,
  validateAuth,
  validateStreamId,
  validateUrl,
} from "../index.ts";
import { resolveEscapes } from "./escapes.ts";

describe("parseGlobalOptions", () => {
  it("takes --url and --auth out and keeps the order of the rest", () => {
    const parsed = parseGlobalOptions(["a", "--url", "http://h/s", "b", "--auth=Bearer x", "--c"]);
    expect(parsed).toEqual({
      options: { url: "http://h/s", auth: "Bearer x" },
      remainingArgs: ["a", "b", "--c"],
      warnings: [],
    });
  });

  it("always sets the URL, lets the last flag win, and stops at --", () => {
    expect(parseGlobalOptions([]).options.url).toBe("http://localhost:4437/v1/stream");
    expect(parseGlobalOptions(["--url", "http://a", "--url=http://b"]).options.url).toBe("http://b");
    expect(parseGlobalOptions(["--", "--url", "x"]).remainingArgs).toEqual(["--", "--url", "x"]);
  });

  it.each([
    [["--url"], "--url requires a value"],
    [["--auth="], "--auth requires a value"],
    [["--auth", "--url"], "--auth requires a value"],
    [["--url", "ftp://h"], "Invalid URL protocol"],
  ])("refuses %j", (args, message) => {
    expect(() => parseGlobalOptions(args)).toThrow(message);
  });

  it("warns about an unusual authorization", () => {
    expect(parseGlobalOptions(["--auth", "token"]).warnings).toHaveLength(1);
  });
});

describe("parseWriteArgs", () => {
  const OCTETS = "application/octet-stream";
  const JSON_TYPE = "application/json";

  it.each([
    [["a", "b"], OCTETS, "a b", false],
    [["--json", "{}"], JSON_TYPE, "{}", false],
    [["{}", "--batch-json"], JSON_TYPE, "{}", true],
    [["--json", "--content-type", "text/plain", "x"], "text/plain", "x", false],
    [["--content-type=text/plain", "x", "--json"], JSON_TYPE, "x", false],
    [["--batch-json", "--content-type", "text/plain"], "text/plain", "", true],
    [["-1", "-h", "--", "--json"], OCTETS, "-1 -h --json", false],
  ])("%j", (args, contentType, content, batchJson) => {
    expect(parseWriteArgs(args)).toEqual({ contentType, content, batchJson });
  });

  it("refuses unknown flags and missing values", () => {
    expect(() => parseWriteArgs(["x", "--frob"])).toThrow("unknown flag: --frob");
    expect(() => parseWriteArgs(["x", "--content-type"])).toThrow("--content-type requires a value");
  });
});

describe("validation", () => {
  it.each([
    ["http://localhost:4437/v1/stream", undefined],
    ["https://h", undefined],
    ["  ", "URL cannot be empty"],
    ["nonsense", 'Invalid URL format: "nonsense"'],
    ["ftp://h", 'Invalid URL protocol: "ftp:"'],
    ["http://", 'URL must include a hostname: "http://"'],
  ])("of the URL %j", (url, error) => {
    const { valid, error: found } = validateUrl(url);
    expect(valid).toBe(error === undefined);
    expect(found?.split("\n")[0]).toBe(error);
  });

  it.each(["Bearer x", "basic x", "ApiKey x", "Token x", "two words"])("of the authorization %j", (value) => {
    expect(validateAuth(value)).toEqual({ valid: true });
  });

  it.each([
    ["a-b_c.d:e/f", true],
    ["x".repeat(256), true],
    ["x".repeat(257), false],
    ["", false],
    ["a b", false],
    ["a%20b", false],
    ["/a", false],
    ["a//b", false],
    ["a/../b", false],
    ["a/", false],
    ["..a", true],
  ])("of the stream id %j", (id, valid) => {
    expect(validateStreamId(id).valid).toBe(valid);
  });
});

describe("small helpers", () => {
  it("join a base URL and an id by one slash", () => {
    expect(buildStreamUrl(normalizeBaseUrl("http://h/s///"), "a/b")).toBe("http://h/s/a/b");
  });

  it("flatten arrays by one level", () => {
    expect([...flattenJsonForAppend([[1, 2], 3])]).toEqual([[1, 2], 3]);
    expect([...flattenJsonForAppend({})]).toEqual([{}]);
  });

  it("make a header of an authorization that is not empty", () => {
    expect(buildHeaders({ auth: "Bearer x" })).toEqual({ Authorization: "Bearer x" });
    expect(buildHeaders({ auth: "" })).toEqual({});
  });

  it("resolve escapes in one pass", () => {
    expect(resolveEscapes("a\\nb\\tc\\rd\\\\n\\x")).toBe("a\nb\tc\rd\\n\\x");
  });

  it("give the help text", () => {
    for (const part of ["Usage:", "create <stream_id>", "write <stream_id>", "--url <url>", "STREAM_AUTH"]) {
      expect(getUsageText()).toContain(part);
    }
  });
});
