/** What goes beyond the official command line: options of the four commands, and the commands it lacks. */
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/process.ts";
import { TestServer } from "./support/server.ts";
import { atTerminal } from "./support/terminal.ts";

let server: TestServer;
let streams = 0;

beforeAll(async () => {
  server = await TestServer.start();
});

afterAll(() => server.stop());

function fresh(): string {
  streams += 1;
  return `more/stream-${streams}`;
}

async function created(
  contentType: string,
  body?: string,
  headers?: Record<string, string>,
): Promise<string> {
  const id = fresh();
  await server.fetch(id, {
    method: "PUT",
    headers: { "Content-Type": contentType, ...headers },
    ...(body !== undefined && { body }),
  });
  return id;
}

async function ok(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await server.run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

describe("create and write", () => {
  it("create takes a lifetime, first content, and --closed", async () => {
    const id = fresh();
    await ok("create", id, "--content-type", "text/plain", "--ttl", "2h", "--body", "all of it", "--closed");
    const { headers } = await server.fetch(id, { method: "HEAD" });
    expect(headers.get("stream-ttl")).toBe("7200");
    expect(headers.get("stream-closed")).toBe("true");
    expect(await server.content(id)).toBe("all of it");
  });

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
    for (const _ of [1, 2]) await ok("write", id, "once", "--producer-id", "p", "--producer-seq", "0");
    await ok("write", id, "!", "--seq", "b");
    expect((await server.run(["write", id, "?", "--seq", "a"])).code).toBe(4);
    expect(await server.content(id)).toBe("once!");
  });

  it("write refuses content that is empty", async () => {
    const { code, stderr } = await server.run(["write", "x", ""]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("content is empty") });
  });

  it("takes credentials from a file or the URL, and shows neither", async () => {
    const seen: (string | undefined)[] = [];
    const other = await listen((request) => seen.push(request));
    const file = join(mkdtempSync(join(tmpdir(), "perennial-")), "token");
    writeFileSync(file, "Bearer secret\n");
    await run(["create", "x", "--url", other.url, "--auth-file", file]);
    const url = other.url.replace("//", "//user:pass@");
    const { stdout } = await run(["create", "x", "--url", url]);
    other.server.close();
    expect(seen).toEqual(["Bearer secret", `Basic ${Buffer.from("user:pass").toString("base64")}`]);
    expect(stdout).not.toContain("pass");
  });
});

describe("read", () => {
  const read = (...args: readonly string[]) => ok("read", "--no-follow", ...args);

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
    await ok("write", id, "6");
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
    await ok("write", ids[0]!, "one\\ntwo");
    await ok("write", ids[1]!, '{"n":1}');
    await follower.output(/"n":1/);
    for (const id of ids) await ok("close", id);
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
    await ok("close", second);
    expect(await ok("ls", "more/")).toContain(`${first}\n`);
    expect(await ok("ls", "-l", first)).toMatch(new RegExp(`^${first}\ttext/plain\t5 bytes\topen\t20`, "m"));
    const listed = (await ok("ls", "--json", second))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(listed[0]).toMatchObject({ path: second, closed: true });
  });

  it("stat says what is known", async () => {
    const id = await created("text/plain", "12345", { "Stream-TTL": "60" });
    expect(await ok("stat", id)).toMatch(
      /^contentType: +text\/plain\noffset: +0{16}_0{15}5\nclosed: +false\nttl/m,
    );
    expect(JSON.parse(await ok("stat", id, "--json"))).toMatchObject({ path: id, size: 5, ttlSeconds: 60 });
    expect((await server.run(["stat", "nosuch"])).code).toBe(3);
  });

  it("fork shares the source's content up to a point", async () => {
    const id = await created("application/json", "[1,2,3]");
    const [whole, part] = [fresh(), fresh()];
    expect(await ok("fork", id, whole)).toBe(
      `Stream forked: "${id}" to "${whole}"\n  URL: ${server.baseUrl}/${whole}\n`,
    );
    await ok("fork", id, part, "--at", "0000000000000000_0000000000000000", "--sub", "2");
    expect(await server.content(whole)).toBe("[1,2,3]");
    expect(await server.content(part)).toBe("[1,2]");
  });

  it("close is final, and says where", async () => {
    const id = await created("text/plain", "123");
    expect(await ok("close", id)).toBe(
      `Stream closed: "${id}"\n  Final offset: 0000000000000000_0000000000000003\n`,
    );
    const { code, stderr } = await server.run(["write", id, "4"]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/Conflict \(409\) at \S+: The stream is closed and takes no more appends\.\n$/);
  });
});

/** A server of another kind. Answers 201 and tells what authorization came. */
async function listen(
  seen: (authorization: string | undefined) => void,
): Promise<{ url: string; server: Server }> {
  const other = createServer((request, response) => {
    seen(request.headers.authorization);
    response.writeHead(201).end();
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  return { url: `http://127.0.0.1:${(other.address() as AddressInfo).port}`, server: other };
}

describe("a server that fails", () => {
  /** A server that answers as told, or not at all. */
  async function failing(answer: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
    const other = createServer(answer).listen(0, "127.0.0.1");
    await once(other, "listening");
    await use(`http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    other.closeAllConnections();
    other.close();
  }

  it("is given up on after a few attempts", async () => {
    await failing(
      (_request, response) => response.writeHead(503).end("busy"),
      async (url) => {
        const { code, stderr } = await run(["delete", "x", "--url", url, "--verbose"]);
        expect(code).toBe(5);
        expect(stderr).toMatch(/^attempt 1 failed: status 503\nattempt 2 /);
        expect(stderr).toMatch(
          /Failed to delete stream "x"\n {2}Service Unavailable \(503\) at .*: busy\n {2}Try again later\n$/,
        );
      },
    );
  });

  it("by never answering is waited for as long as --timeout says", async () => {
    await failing(
      () => {},
      async (url) => {
        const { code, stderr } = await run(["write", "x", "1", "--json", "--url", url, "--timeout", "200ms"]);
        expect({ code, stderr }).toEqual({
          code: 5,
          stderr: expect.stringContaining("did not answer in time"),
        });
      },
    );
  });

  it("by not being there is said so", async () => {
    let gone = "";
    await failing(
      () => {},
      async (url) => {
        gone = url;
      },
    );
    const { code, stderr } = await run(["delete", "x", "--url", gone]);
    expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining("Is the server running?") });
  });
});
