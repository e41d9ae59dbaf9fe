/** The official command lines: arguments, outputs and exit codes. */
import { afterAll, describe, expect, it } from "vitest";
import { run } from "./support/process.ts";
import { TestServer } from "./support/server.ts";

const server = await TestServer.start();
afterAll(() => server.stop());

/** A stream that exists. */
async function created(contentType = "application/octet-stream"): Promise<string> {
  const id = server.freshId();
  await server.fetch(id, { method: "PUT", headers: { "Content-Type": contentType } });
  return id;
}

describe("durable-stream", () => {
  const officially = (...args: string[]) => server.run(args, { name: "durable-stream" });

  it.each([
    ["--json"],
    ["--batch-json"],
    ["--content-type", "application/json"],
    ["--content-type=application/json"],
  ])("read and delete take %s, before and after the id, and ignore it", async (...flags) => {
    const id = await created("application/json");
    await server.ok("write", id, '{"a": 1}', "--close");
    for (const args of [
      [...flags, id],
      [id, ...flags],
    ])
      expect(await officially("read", ...args)).toEqual({ code: 0, stdout: '[{"a": 1}]', stderr: "" });
    expect(await officially("delete", id, ...flags)).toMatchObject({ code: 0, stderr: "" });
    const { stderr } = await server.run(["delete", id, ...flags]);
    expect(stderr).toMatch(/^Error: unknown flag: --/);
  });
});

describe("create", () => {
  it.each([
    [[], "application/octet-stream"],
    [["--json"], "application/json"],
    [["--content-type", "text/plain"], "text/plain"],
    [["--content-type=text/html"], "text/html"],
    [["--json", "--content-type", "text/plain"], "text/plain"],
    [["--content-type", "text/plain", "--json"], "application/json"],
  ])("with %j makes a stream of type %s, whether flags stand before or after the id", async (flags, type) => {
    const [before, after] = [server.freshId(), server.freshId()];
    for (const [id, args] of [
      [before, [...flags, before]],
      [after, [after, ...flags]],
    ] as const) {
      expect(await server.ok("create", ...args)).toBe(
        `Stream created successfully: "${id}"\n  URL: ${server.baseUrl}/${id}\n`,
      );
      expect((await server.fetch(id, { method: "HEAD" })).headers.get("content-type")).toBe(type);
    }
  });

  it("succeeds again for the same stream, and fails for another type", async () => {
    const id = server.freshId();
    await server.ok("create", id);
    await server.ok("create", id);
    const { code, stdout, stderr } = await server.run(["create", id, "--json"]);
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^Failed to create stream "${id}"\n  Conflict \\(409\\) at http`));
  });
});

describe("write", () => {
  it("appends words joined by blanks, with escapes resolved once", async () => {
    const id = await created("text/plain");
    expect(await server.ok("write", id, "Hello,", "world\\n", "--content-type", "text/plain")).toBe(
      `Wrote 13 bytes to stream "${id}"\n`,
    );
    await server.ok("write", id, "a\\\\n");
    await server.ok("write", id, "--raw", "\\n");
    expect(await server.content(id)).toBe("Hello, world\na\\n\\n");
  });

  it.each([
    ["x", "1 byte"],
    ["x".repeat(1023), "1023 bytes", "1.0 kB"],
    ["x".repeat(1536), "1.5 KB", "1.5 kB"],
  ])("says how much it wrote (%#), officially and in our own units", async (content, size, ours = size) => {
    const id = await created();
    const flags = ["--content-type", "application/octet-stream"];
    const { stdout } = await server.run(["write", id, content, ...flags], { name: "durable-stream" });
    expect(stdout).toBe(`Wrote ${size} to stream "${id}"\n`);
    expect(await server.ok("write", id, content)).toBe(`Wrote ${ours} to stream "${id}"\n`);
  });

  it("says what a line is that is not JSON, after it has written all before it", async () => {
    const id = await created("application/json");
    const input = '\uFEFF{"a":1}\n\n[2]\n{"b":\n4\n';
    const { code, stderr } = await server.run(["write", id, "--lines"], { input });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Failed to parse JSON from stdin\n {2}Line 4: not JSON \(.*\): \{"b":\n {2}2 messages before/,
    );
    expect(await server.content(id)).toBe('[{"a":1},[2]]');
  });

  it("takes JSON with a byte order mark", async () => {
    const id = await created("application/json");
    await server.run(["write", id], { input: '\uFEFF{"a":1}' });
    await server.run(["write", id, "--batch-json"], { input: "\uFEFF[2,3]" });
    expect(await server.content(id)).toBe('[{"a":1},2,3]');
  });

  it("takes words with one dash, and all words after --, as content", async () => {
    const id = await created("text/plain");
    await server.ok("write", id, "-1", "-h", "--content-type", "text/plain", "--", "--url");
    expect(await server.content(id)).toBe("-1 -h --url");
  });

  it("appends standard input as it is", async () => {
    const id = await created("text/plain");
    const { stdout } = await server.run(["write", id], { input: "from\\n stdin\n" });
    expect(stdout).toBe(`Wrote 13 bytes to stream "${id}"\n`);
    expect(await server.content(id)).toBe("from\\n stdin\n");
  });

  it("appends JSON as one message, its text unchanged, arrays too", async () => {
    const id = await created("application/json");
    expect(await server.ok("write", id, "--json", '{"a": 12345678901234567890, "b":"x\\ny"}')).toBe(
      `Wrote 1 JSON message to stream "${id}"\n`,
    );
    expect(await server.ok("write", id, "[[1,2]]")).toContain("Wrote 1 JSON message");
    expect(await server.content(id)).toBe('[{"a": 12345678901234567890, "b":"x\\ny"},[[1,2]]]');
  });

  it.each([
    ["{}", "1 message", "[{}]"],
    ["[{},{}]", "2 messages", "[{},{}]"],
    ["[[{},{}]]", "1 message", "[[{},{}]]"],
    ["[]", "0 messages", "[]"],
  ])("--batch-json %s: %s", async (content, count, stored) => {
    const id = await created("application/json");
    expect(await server.ok("write", id, "--batch-json", content)).toBe(`Wrote ${count} to stream "${id}"\n`);
    expect((await server.run(["write", "--batch-json", id], { input: content })).stdout).toContain(count);
    expect(await server.content(id)).toBe(
      `[${[stored, stored].map((text) => text.slice(1, -1)).filter(Boolean)}]`,
    );
  });

  it("writes bytes when --batch-json is followed by another type", async () => {
    const id = await created("text/plain");
    expect(await server.ok("write", id, "--batch-json", "--content-type", "text/plain", "[1]")).toContain(
      "3 bytes",
    );
  });
});

describe("read and delete", () => {
  it("read prints a closed stream's bytes and ends; further words are ignored", async () => {
    const id = server.freshId();
    await server.fetch(id, { method: "PUT", headers: { "Stream-Closed": "true" }, body: "a\0b" });
    expect(await server.ok("read", id, "ignored")).toBe("a\0b");
  });

  it("read follows until the stream is closed; JSON comes as arrays", async () => {
    const id = await created("application/json");
    const reader = server.spawn(["read", id]);
    await server.fetch(id, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: '{"n": 1}',
    });
    await reader.output(/\[\{"n": 1\}\]/);
    await server.fetch(id, { method: "POST", headers: { "Stream-Closed": "true" } });
    expect((await reader.finished).code).toBe(0);
  });

  it("delete says so, and fails for a stream that is not there", async () => {
    const id = await created();
    expect(await server.ok("delete", id, "ignored")).toBe(`Stream deleted successfully: "${id}"\n`);
    const { code, stderr } = await server.run(["delete", id]);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      new RegExp(`^Failed to delete stream "${id}"\n  Not Found \\(404\\) at ${server.baseUrl}`),
    );
  });
});

describe("global options", () => {
  it("may stand anywhere; the last one wins and beats the environment", async () => {
    const env = { STREAM_URL: "http://127.0.0.1:1/wrong" };
    const id = server.freshId();
    const args = ["--url", "http://127.0.0.1:1/too", "create", `--url=${server.baseUrl}//`, id];
    const { code, stdout } = await server.run(args, { env });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Stream created successfully: "${id}"\n  URL: ${server.baseUrl}/${id}\n`,
    });
  });

  it("warns about an unusual authorization and goes on", async () => {
    const { code, stderr } = await server.run(["create", server.freshId(), "--auth", "secret"]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Warning: Authorization value doesn't match common formats\./);
  });
});

describe("what is refused, in the official words", () => {
  const EXAMPLE = '"http://localhost:4437/v1/stream"';
  const TYPE = '"application/json"';
  const cases: readonly [readonly string[], RegExp | string][] = [
    [[], /^Error: No command specified\n\nUsage: /],
    [["create"], "Error: Missing stream_id\n  Usage: durable-stream <command> <stream_id>\n"],
    [["read", " "], "Error: Stream ID cannot be empty\n"],
    [["read", "a b"], /^Error: Invalid stream ID: "a b"\n {2}/],
    [["read", "a/../b"], /^Error: Invalid stream ID: "a\/\.\.\/b"\n {2}/],
    [["read", "x".repeat(257)], /^Error: Stream ID too long \(257 chars\)\n {2}/],
    [
      ["frobnicate", "x"],
      /^Error: Unknown command "frobnicate"\n {2}Available commands: create, write, read, delete/,
    ],
    [["--frobnicate"], /^Error: Unknown option "--frobnicate"\n(?!.*Unknown command)/],
    [
      ["--json", "create", "x"],
      /^Error: "--json" must come after the command and stream_id\n {2}Example: durable-stream create <stream_id> --json \.\.\.\n/,
    ],
    [["--batch-json", "write", "x"], /^Error: "--batch-json" must come after the command and stream_id\n/],
    [["create", "x", "--frob"], "Error: unknown flag: --frob\n"],
    [["create", "x", "y"], "Error: unexpected argument: y\n"],
    [["create", "--batch-json", "x"], /^Error: unknown flag: --batch-json\n/],
    [["write", "x", "--frob", "y"], "Error: unknown flag: --frob\n"],
    [
      ["create", "x", "--content-type"],
      `Error: --content-type requires a value\n  Example: --content-type ${TYPE}\n`,
    ],
    [
      ["create", "x", "--content-type="],
      `Error: --content-type requires a value\n  Example: --content-type=${TYPE}\n`,
    ],
    [
      ["--content-type=text/plain", "create", "x"],
      /^Error: "--content-type=text\/plain" must come after the command/,
    ],
    [["create", "x", "--content-type", "--json"], /^Error: --content-type requires a value\n/],
    [["create", "x", "--url"], `Error: --url requires a value\n  Example: --url ${EXAMPLE}\n`],
    [["--url=", "create", "x"], `Error: --url requires a value\n  Example: --url=${EXAMPLE}\n`],
    [["--url", "--auth", "x"], `Error: --url requires a value\n  Example: --url ${EXAMPLE}\n`],
    [["create", "x", "--url", "ftp://h"], /^Error: Invalid URL protocol: "ftp:"\n {2}/],
    [["create", "x", "--url", "nonsense"], /^Error: Invalid URL format: "nonsense"\n {2}/],
    [["create", "x", "--auth", " "], "Error: Authorization value cannot be empty\n"],
    [["write", "x", "--json", "{"], /^Failed to parse JSON content\n {2}.+\n {2}Input: \{\n$/],
  ];

  it.each(cases)("%j", async (args, message) => {
    const { code, stdout, stderr } = await server.run(args, { name: "durable-stream" });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    if (typeof message === "string") expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
  });

  it("standard input that is empty or not JSON", async () => {
    const id = await created("application/json");
    expect(await server.run(["write", id, "--json"], { input: "" })).toMatchObject({
      code: 1,
      stderr: "No data received from stdin\n",
    });
    const { code, stderr } = await server.run(["write", id, "--json"], { input: "{" });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^Failed to parse JSON from stdin\n {2}/),
    });
  });

  it("variables, unless a flag takes their place", async () => {
    const env = { STREAM_URL: "ftp://h" };
    const { stderr } = await run(["create", "x"], { env });
    expect(stderr).toMatch(/^Error: Invalid STREAM_URL environment variable: Invalid URL protocol/);
    expect((await server.run(["create", server.freshId(), "--url", server.baseUrl], { env })).code).toBe(0);
    expect((await run(["create", "x"], { env: { STREAM_AUTH: " " } })).stderr).toMatch(
      /^Error: Invalid STREAM_AUTH environment variable: Authorization value cannot be empty/,
    );
  });
});

describe("help", () => {
  it.each([["--help"], ["-h"], ["create", "--help"], ["bogus", "--url", "--help"], ["write", "-h"]])(
    "%s %s %s goes to standard output with exit code 0",
    async (...args) => {
      const { code, stdout, stderr } = await run(args, { name: "durable-stream" });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^Usage: durable-stream/);
    },
  );

  it("is what perennial alone prints", async () => {
    expect(await run([])).toEqual(await run(["--help"]));
  });

  it("reads as written down", async () => {
    expect((await run(["--help"])).stdout).toMatchSnapshot();
  });
});
