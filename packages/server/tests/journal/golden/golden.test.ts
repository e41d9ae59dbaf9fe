/**
 * A directory of each format, as a server left it that was stopped and one that was killed: this version opens it and
 * shows what was seen then, goes on with it, and finds it whole.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDirectory, createServer, type DurableStreamsServer, openLocalLog } from "@perennial/server";
import { afterAll, describe, expect, test } from "vitest";
import { FORMAT_VERSION } from "../../../src/journal/local/format/upgrades.ts";
import { BINARY, Http, JSON_TYPE, producer, TEXT } from "../../support/http.ts";
import { observe } from "./observe.ts";
import { unpack } from "./pack.ts";
import { ENDINGS, writeGolden } from "./write.ts";

const root = new URL(".", import.meta.url).pathname;
const work = await mkdtemp(join(tmpdir(), "perennial-golden-"));
afterAll(() => rm(work, { recursive: true }));

if (process.env.PERENNIAL_WRITE_GOLDEN === "1") await writeGolden(root, FORMAT_VERSION);

const formats = Array.from({ length: FORMAT_VERSION }, (_, index) => index + 1);
const cases = formats.flatMap((format) => ENDINGS.map((ending) => [format, ending] as const));

/** A copy of a golden directory of its own. */
async function copyOf(format: number, ending: string): Promise<string> {
  const directory = await mkdtemp(join(work, "d"));
  await unpack(join(root, `format-${format}`, ending, "directory"), directory);
  return directory;
}

async function open(directory: string): Promise<DurableStreamsServer> {
  const server = createServer({ port: 0, stopGraceMs: 0, log: () => openLocalLog({ directory }) });
  await server.start();
  return server;
}

describe.each(cases)("a directory of format %i whose server was %s", (format, ending) => {
  test("shows what was seen then, also after it was opened and closed", async () => {
    const expected = JSON.parse(
      await readFile(join(root, `format-${format}`, ending, "expected.json"), "utf8"),
    );
    expect(expected.length).toBeGreaterThan(10);
    const directory = await copyOf(format, ending);
    for (let round = 0; round < 2; round++) {
      const server = await open(directory);
      expect(await observe(new Http(server.url))).toEqual(expected);
      await server.stop();
    }
    expect(await checkDirectory(directory)).toMatchObject({ problems: [], tornTail: false });
  });

  test("goes on where it was: appends, producers, sequences, forks and deletions", async () => {
    const server = await open(await copyOf(format, ending));
    const http = new Http(server.url);
    expect((await http.post("text", { headers: TEXT, body: "!" })).status).toBe(204);
    expect((await http.get("text")).text).toBe("hello, world!");
    const again = { headers: { ...BINARY, ...producer("p/ü", 4, 0) }, body: "three" };
    const refused = { headers: { ...BINARY, ...producer("p/ü", 3, 1) }, body: "fenced" };
    expect((await http.post("produced", again)).headers.get("stream-closed")).toBe("true");
    expect((await http.post("produced", refused)).status).not.toBe(204);
    expect((await http.get("produced")).text).toBe("onetwothreefour");
    const old = { headers: { ...TEXT, "Stream-Seq": "0006" }, body: "again" };
    expect((await http.post("sequenced", old)).status).toBe(409);
    expect((await http.post("fork", { headers: JSON_TYPE, body: '"more"' })).status).toBe(204);
    expect(JSON.parse((await http.get("fork")).text)).toEqual(["inherited", "also", "own", "more"]);
    expect((await http.head("source")).status).toBe(410);
    expect((await http.delete("fork")).status).toBe(204);
    expect((await http.head("source")).status).toBe(404);
    expect((await http.put("new", { headers: TEXT, body: "new" })).status).toBe(201);
    await server.stop();
  });
});

const withPages = cases.filter(([format]) => format >= 4);

test.each(withPages)(
  "a directory of format %i whose server was %s goes on with many producers",
  async (...golden) => {
    const server = await open(await copyOf(...golden));
    const http = new Http(server.url);
    for (const [id, seq, status] of [
      ["crowd/0", 0, 204],
      ["crowd/77", 1, 204],
      ["crowd/199", 1, 200],
      ["crowd/198", 2, 409],
      ["crowd/200", 0, 200],
    ] as const) {
      const answer = await http.post("crowded", { headers: { ...TEXT, ...producer(id, 0, seq) }, body: "z" });
      expect([id, answer.status]).toEqual([id, status]);
    }
    expect((await http.get("crowded")).text).toBe(`${"x".repeat(200)}yzz`);
    await server.stop();
  },
);

const withLimits = cases.filter(([format]) => format >= 2);

test.each(withLimits)(
  "a directory of format %i whose server was %s goes on with its limits",
  async (...golden) => {
    const server = await open(await copyOf(...golden));
    const http = new Http(server.url);
    for (const [name, room] of [
      ["limited", 999],
      ["limited/fork", 999],
      ["limited/own", 1998],
    ] as const) {
      expect((await http.post(name, { headers: TEXT, body: "x".repeat(room + 1) })).status).toBe(413);
      expect((await http.post(name, { headers: TEXT, body: "x".repeat(room) })).status).toBe(204);
    }
    const again = { headers: { "Stream-Forked-From": http.path("limited") } };
    expect((await http.put("limited/fork", again)).status).toBe(200);
    expect((await http.put("limited/own", again)).status).toBe(409);
    await server.stop();
  },
);
