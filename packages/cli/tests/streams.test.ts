import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { TestServer } from "./support/server.ts";
import { atTerminal } from "./support/terminal.ts";

const server = await TestServer.start();
afterAll(() => server.stop());

async function created(
  contentType: string,
  body?: string,
  headers?: Record<string, string>,
): Promise<string> {
  const id = server.freshId();
  await server.fetch(id, {
    method: "PUT",
    headers: { "Content-Type": contentType, ...headers },
    ...(body !== undefined && { body }),
  });
  return id;
}

describe("create and write", () => {
  it("create takes a lifetime, first content, and --closed", async () => {
    const id = server.freshId();
    await server.ok(
      "create",
      id,
      "--content-type",
      "text/plain",
      "--ttl",
      "2h",
      "--body",
      "all of it",
      "--closed",
    );
    const { headers } = await server.fetch(id, { method: "HEAD" });
    expect(headers.get("stream-ttl")).toBe("7200");
    expect(headers.get("stream-closed")).toBe("true");
    expect(await server.content(id)).toBe("all of it");
  });

  it("create --max-bytes sets a limit, which ls and stat show and an append beyond it is refused by", async () => {
    const id = server.freshId();
    await server.ok("create", id, "--content-type", "text/plain", "--max-bytes", "1kB", "--body", "12345");
    expect((await server.fetch(id, { method: "HEAD" })).headers.get("stream-max-bytes")).toBe("1000");
    expect(await server.ok("ls", "-l", id)).toContain(`${id}\ttext/plain\t5 bytes of 1.0 kB\topen`);
    expect(await server.ok("stat", id)).toMatch(/^maxBytes: +1000$/m);
    const { code, stderr } = await server.run(["write", id, "x".repeat(996)]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "may hold 1000 bytes (Stream-Max-Bytes) and has 5: there is no room for 996 more",
    );
    expect(await server.content(id)).toBe("12345");
  });

  it.each(["0", "10XB"])(
    "create --max-bytes=%s is a mistake on the command line, and creates nothing",
    async (size) => {
      const id = server.freshId();
      const { code, stderr } = await server.run(["create", id, `--max-bytes=${size}`]);
      expect(code).toBe(2);
      expect(stderr).toContain("--max-bytes must be a number of bytes such as 20MiB or 20MB");
      expect((await server.fetch(id, { method: "HEAD" })).status).toBe(404);
    },
  );

  it("write --lines writes each line as it comes, and --close closes", async () => {
    const id = await created("application/json");
    const { stdout } = await server.run(["write", id, "--lines", "--close"], { input: '{"a":1}\n\n[2]\n3' });
    expect(stdout).toBe(`Wrote 3 messages to stream "${id}"\n`);
    expect(await server.content(id)).toBe('[{"a":1},[2],3]');
    expect((await server.fetch(id, { method: "HEAD" })).headers.get("stream-closed")).toBe("true");
  });

  it("write --batch-json sends many messages in few requests", async () => {
    const id = await created("application/json");
    const messages = Array.from({ length: 30_000 }, (_, index) => ({ index, text: "x".repeat(50) }));
    const { stdout } = await server.run(["write", id, "--batch-json"], { input: JSON.stringify(messages) });
    expect(stdout).toBe(`Wrote 30000 messages to stream "${id}"\n`);
    expect(await server.content(id)).toBe(JSON.stringify(messages));
  });

  it("write with a producer's sequence number counts once, --seq must grow", async () => {
    const id = await created("text/plain");
    for (const _ of [1, 2]) await server.ok("write", id, "once", "--producer-id", "p", "--producer-seq", "0");
    await server.ok("write", id, "!", "--seq", "b");
    expect((await server.run(["write", id, "?", "--seq", "a"])).code).toBe(4);
    expect(await server.content(id)).toBe("once!");
  });

  it("write refuses content that is empty", async () => {
    const { code, stderr } = await server.run(["write", "x", ""]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("content is empty") });
  });
});

describe("read", () => {
  const read = (...args: readonly string[]) => server.ok("read", "--no-follow", ...args);

  it("--no-follow stops at the tail, --offset begins there, --limit counts bytes", async () => {
    const id = await created("text/plain", "0123456789");
    expect(await read(id)).toBe("0123456789");
    expect(await read(id, "--offset", "0000000000000000_0000000000000004")).toBe("456789");
    expect(await read(id, "--offset", "now")).toBe("");
    expect(await read(id, "--limit", "3")).toBe("012");
  });

  it("--json prints one message a line, texts unchanged, --limit counts messages", async () => {
    const id = await created("application/json", '[{"a": 1},\n[2],12345678901234567890,"x\\ny"]');
    expect(await read(id, "--json")).toBe('{"a": 1}\n[2]\n12345678901234567890\n"x\\ny"\n');
    expect(await read(id, "--json", "--limit", "2")).toBe('{"a": 1}\n[2]\n');
    const { code, stderr } = await server.run(["read", await created("text/plain"), "--json"]);
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining("text/plain, not JSON") });
  });

  it.each(["long-poll", "sse"])("follows by %s", async (live) => {
    const id = await created("application/json", "[1]");
    const reader = server.spawn(["read", id, "--json", "--live", live]);
    await reader.output(/^1\n/);
    await server.fetch(id, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: '["two",[3]]',
    });
    await reader.output(/"two"\n\[3\]\n/);
    await server.fetch(id, { method: "POST", headers: { "Stream-Closed": "true" } });
    expect(await reader.finished).toMatchObject({ code: 0, stdout: '1\n"two"\n[3]\n' });
  });

  it("follows binary streams by SSE, byte for byte", async () => {
    const id = await created("application/octet-stream", "\u0000\n");
    const reader = server.spawn(["read", id, "--live", "sse"]);
    await reader.output(/\n/);
    await server.fetch(id, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", "Stream-Closed": "true" },
      body: "\r\n\u0001",
    });
    expect((await reader.finished).stdout).toBe("\u0000\n\r\n\u0001");
  });

  it("--save-offset goes on where the last run stopped, also inside a page", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "perennial-")), "offset");
    const id = await created("application/json", "[1,2,3,4,5]");
    const next = (...args: readonly string[]) => read(id, "--json", "--save-offset", file, ...args);
    expect(await next("--limit", "2")).toBe("1\n2\n");
    expect(await next("--limit", "1")).toBe("3\n");
    expect(await next()).toBe("4\n5\n");
    expect(await next()).toBe("");
    await server.ok("write", id, "6");
    expect(await next()).toBe("6\n");
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ url: `${server.baseUrl}/${id}`, skip: 0 });
    const { code, stderr } = await server.run(["read", "other", "--save-offset", file]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("another stream") });
  });

  it("ends quietly when the reader of the pipe has gone", async () => {
    const id = await created("text/plain", "x".repeat(5_000_000));
    const reader = server.spawn(["read", id]);
    await reader.output(/x/);
    reader.child.stdout.destroy();
    expect(await reader.finished).toMatchObject({ code: 0, stderr: "" });
  });

  it("is pretty and coloured at a terminal", async () => {
    const id = await created("application/json", '[{"name":"x","n":1}]');
    const reader = atTerminal(["read", id, "--json", "--no-follow"], { STREAM_URL: server.baseUrl });
    const { code, stdout } = await reader.finished;
    expect(code).toBe(0);
    expect(stdout).toContain("\u001b[");
    expect(stripVTControlCharacters(stdout)).toBe('{\r\n  "name": "x",\r\n  "n": 1\r\n}\r\n');
  });
});

describe("follow", () => {
  it("prints what is appended to several streams, each line with its stream's id", async () => {
    const ids = [await created("text/plain", "old\n"), await created("application/json")];
    const follower = server.spawn(["follow", ...ids, "--offset", "-1"]);
    await follower.output(/old/);
    await server.ok("write", ids[0]!, "one\\ntwo");
    await server.ok("write", ids[1]!, '{"n":1}');
    await follower.output(/"n":1/);
    for (const id of ids) await server.ok("close", id);
    const { code, stdout } = await follower.finished;
    const width = Math.max(...ids.map((id) => id.length));
    const line = (index: number, text: string) => `${ids[index]!.padEnd(width)}  ${text}\n`;
    expect(code).toBe(0);
    expect(stdout).toBe(line(0, "old") + line(0, "one") + line(0, "two") + line(1, '{"n":1}'));
  });
});

describe("ls, stat, close and fork", () => {
  it("ls lists by prefix, plainly, with details, and as JSON", async () => {
    const [first, second] = [await created("text/plain", "12345"), await created("application/json")];
    await server.ok("close", second);
    expect(await server.ok("ls", "tests/")).toContain(`${first}\n`);
    expect(await server.ok("ls", "-l", first)).toMatch(
      new RegExp(`^${first}\ttext/plain\t5 bytes\topen\t20`, "m"),
    );
    expect(await server.ok("ls", "-l", first)).toMatch(/^STREAM\tTYPE\tSIZE\tSTATE\tLAST APPEND\n/);
    expect(await server.ok("ls", "-l", "no-such")).toBe("");
    const listed = (await server.ok("ls", "--json", second))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(listed[0]).toMatchObject({ path: second, closed: true });
  });

  it("ls shows names as they were meant, unless they would break a line", async () => {
    const names = ["names/caf\u00e9", "names/two words", "names/100%"];
    for (const name of names)
      await server.fetch(name.split("/").map(encodeURIComponent).join("/"), { method: "PUT" });
    expect(await server.ok("ls", "names/")).toBe("names/100%25\nnames/caf\u00e9\nnames/two%20words\n");
  });

  it("stat says what is known", async () => {
    const id = await created("text/plain", "12345", { "Stream-TTL": "60" });
    expect(await server.ok("stat", id)).toMatch(
      /^contentType: +text\/plain\noffset: +0{16}_0{15}5\nclosed: +false\nttl/m,
    );
    expect(JSON.parse(await server.ok("stat", id, "--json"))).toMatchObject({
      path: id,
      size: 5,
      ttlSeconds: 60,
    });
    expect((await server.run(["stat", "nosuch"])).code).toBe(3);
  });

  it("fork shares the source's content up to a point", async () => {
    const id = await created("application/json", "[1,2,3]");
    const forked = async (...flags: readonly string[]): Promise<string> => {
      const fork = server.freshId();
      expect(await server.ok("fork", id, fork, ...flags)).toBe(
        `Stream forked: "${id}" to "${fork}"\n  URL: ${server.baseUrl}/${fork}\n`,
      );
      return server.content(fork);
    };
    expect(await forked()).toBe("[1,2,3]");
    expect(await forked("--at", "0000000000000000_0000000000000002", "--sub", "1")).toBe("[1,2]");
    expect(await forked("--sub", "1")).toBe("[1]");
    expect(await forked("--at", "-1")).toBe("[]");
  });

  it("close is final, and says where", async () => {
    const id = await created("text/plain", "123");
    expect(await server.ok("close", id)).toBe(
      `Stream closed: "${id}"\n  Final offset: 0000000000000000_0000000000000003\n`,
    );
    const { code, stderr } = await server.run(["write", id, "4"]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/Conflict \(409\) at \S+: The stream is closed and takes no more appends\.\n$/);
  });
});
