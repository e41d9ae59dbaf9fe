/** Bits that flip in the archive are noticed when they are read, by a check, and by the scrub; no other stream suffers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createServer } from "../../src/index.ts";
import {
  chunkKey,
  numberOfKey,
  pathKey,
  STORE_KEY,
  streamKey,
} from "../../src/journal/local/archive/keys.ts";
import { LmdbStore } from "../../src/journal/local/archive/lmdb-store.ts";
import { decodeNumber } from "../../src/journal/local/archive/rows.ts";
import { checkDirectory } from "../../src/journal/local/check-directory.ts";
import { openLocalLog } from "../../src/journal/local/open-local-log.ts";
import { BINARY, Http, JSON_TYPE } from "../support/http.ts";
import { errorKeeper } from "../support/silent-logger.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-damage-"));
afterAll(() => rm(root, { recursive: true }));

const NAMES = ["one", "two", "three"];
const ID_OF_TWO = 2;
const BODY = "0123456789".repeat(20_000);

interface Serving {
  readonly http: Http;
  readonly told: string[];
  /** Resolves with the next that is told. */
  next(): Promise<string>;
  metrics(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

async function serve(directory: string, scrub = false): Promise<Serving> {
  const told: string[] = [];
  let wake: (what: string) => void = () => {};
  const report = (_what: string, { message }: Error) => {
    told.push(message);
    wake(message);
  };
  const log = () => openLocalLog({ directory, scrub, report });
  const server = createServer({ port: 0, log, logger: errorKeeper().logger });
  await server.start();
  const next = () =>
    new Promise<string>((resolve) => {
      wake = resolve;
    });
  return {
    ...{ http: new Http(server.url), told, next },
    metrics: () => server.metrics().log,
    stop: () => server.stop(),
  };
}

/** A directory with three streams of several chunks, all of them archived. */
async function populated(): Promise<string> {
  const directory = await mkdtemp(join(root, "d"));
  const { http, stop } = await serve(directory);
  for (const name of NAMES) await http.put(name, { headers: BINARY, body: `${name}${BODY}` });
  await stop();
  return directory;
}

async function flip(directory: string, key: Uint8Array, at: number, mask = 1): Promise<void> {
  const store = new LmdbStore(join(directory, "archive.lmdb"));
  const value = Uint8Array.from(store.get(key)!);
  value[at]! ^= mask;
  await store.write([{ key, value }]);
  await store.close();
}

test("any bit of a chunk, of a row and of a path's entry: 500 for that stream, 200 for the others", async () => {
  const whole = await populated();
  for (const [key, what] of [
    [chunkKey(ID_OF_TWO, 0), "the chunk of stream 2 at position 0"],
    [streamKey(ID_OF_TWO), "the row of stream 2"],
    [pathKey("/v1/stream/two"), 'the entry of the path "/v1/stream/two"'],
  ] as const) {
    for (let count = 0; count < 4; count++) {
      const directory = await mkdtemp(join(root, "d"));
      await cp(whole, directory, { recursive: true });
      const size = await sizeOf(directory, key);
      await flip(directory, key, Math.floor((count * (size - 1)) / 3), 1 << count);
      const { http, told, metrics, stop } = await serve(directory);
      const [one, two, three] = await Promise.all(NAMES.map((name) => http.get(name)));
      expect([one!.status, two!.status, three!.status]).toEqual([200, 500, 200]);
      expect(JSON.parse(two!.text)).toMatchObject({ code: "damaged_data" });
      expect(one!.text).toBe(`one${BODY}`);
      expect(told.every((message) => message.startsWith(`${what} is damaged`))).toBe(true);
      expect(metrics().damagedReadsTotal).toBeGreaterThan(0);
      expect((await http.post("one", { headers: BINARY, body: "more" })).status).toBe(204);
      await stop();
      expect((await checkDirectory(directory)).problems[0]).toMatch(`${what} is damaged`);
    }
  }
}, 120_000);

/** Reads as a client does that goes on from where a page ended: what it got, and how it was told of the end. */
async function readOn(http: Http, name: string): Promise<{ pages: string[]; status: number; cuts: number }> {
  const pages: string[] = [];
  let offset = "-1";
  for (let cuts = 0; ; ) {
    const page = await http.get(`${name}?offset=${offset}`).catch(() => undefined);
    if (page === undefined) cuts += 1;
    else if (page.status !== 200) return { pages, status: page.status, cuts };
    else {
      pages.push(page.text);
      offset = page.headers.get("Stream-Next-Offset")!;
    }
    if (cuts > 1) throw new Error("cut off again, where damage was met before");
  }
}

test("a reader gets everything before the damage, and then hears of it", async () => {
  const directory = await populated();
  const { http, stop } = await serve(directory);
  const messages = Array.from({ length: 2000 }, (_, index) => ({ index, text: "x".repeat(100) }));
  await http.put("json", { headers: JSON_TYPE });
  for (let from = 0; from < messages.length; from += 50)
    await http.post("json", { headers: JSON_TYPE, body: JSON.stringify(messages.slice(from, from + 50)) });
  await http.put("long", { headers: JSON_TYPE, body: JSON.stringify(messages) });
  await stop();
  const damages = [];
  for (const name of ["two", "json", "long"]) {
    const id = await idOf(directory, name);
    const starts = await chunksOf(directory, id);
    damages.push(starts.find((start) => start > 100_000)!);
    await flip(directory, chunkKey(id, damages.at(-1)!), 50);
  }
  const again = await serve(directory);
  const bytes = await readOn(again.http, "two");
  expect(bytes).toMatchObject({ status: 500, cuts: 1 });
  expect(bytes.pages.join("")).toBe(`two${BODY}`.slice(0, damages[0]));
  const inShortAppends = await readOn(again.http, "json");
  expect(inShortAppends).toMatchObject({ status: 500, cuts: 1 });
  const whole = inShortAppends.pages.flatMap((page) => JSON.parse(page));
  expect(whole).toEqual(messages.slice(0, whole.length));
  expect(whole.length).toBe(storedMessages(messages, damages[1]!));
  const inOneAppend = await readOn(again.http, "long");
  expect(inOneAppend).toMatchObject({ status: 500, cuts: 1 });
  expect(inOneAppend.pages.flatMap((page) => JSON.parse(page)).length).toBe(
    storedMessages(messages, damages[2]!),
  );
  await again.stop();
});

/** How many messages lie whole before a position. */
function storedMessages(messages: readonly object[], position: number): number {
  let end = 0;
  let whole = 0;
  for (const message of messages) {
    end += JSON.stringify(message).length + 1;
    if (end <= position) whole += 1;
  }
  return whole;
}

async function idOf(directory: string, name: string): Promise<number> {
  const store = new LmdbStore(join(directory, "archive.lmdb"));
  const id = decodeNumber(Uint8Array.from(store.get(pathKey(`/v1/stream/${name}`))!));
  await store.close();
  return id;
}

async function chunksOf(directory: string, id: number): Promise<number[]> {
  const store = new LmdbStore(join(directory, "archive.lmdb"));
  const starts = store.keys(chunkKey(id, 0), chunkKey(id + 1, 0), 100).map((key) => numberOfKey(key, 1));
  await store.close();
  return starts;
}

test("an archive that is missing, cut short or overwritten is refused with a sentence, by a check, too", async () => {
  const directory = await populated();
  const file = join(directory, "archive.lmdb");
  const whole = await readFile(file);
  const refused = async (says: RegExp) => {
    await expect(serve(directory)).rejects.toThrow(says);
    await expect(checkDirectory(directory)).rejects.toThrow(says);
  };
  for (const share of [0.1, 0.5, 0.8]) {
    await truncate(file, Math.floor(whole.length * share));
    await refused(/archive\.lmdb was cut short: it has \d+ bytes and should have \d+.*perennial restore/);
    await writeFile(file, whole);
  }
  await writeFile(file, Buffer.alloc(100_000, 5));
  await refused(/archive\.lmdb is none, or its beginning is damaged/);
  await writeFile(file, "");
  await refused(/archive\.lmdb is none, or its beginning is damaged/);
  await rm(file);
  await refused(/archive\.lmdb is missing/);
  await writeFile(file, whole);
  expect((await checkDirectory(directory)).problems).toEqual([]);
});

test("an archive that is short of a few pages at its end is refused or read, and ends no process", async () => {
  const whole = await populated();
  for (const pages of [1, 2, 3, 8, 16]) {
    const directory = await mkdtemp(join(root, "d"));
    await cp(whole, directory, { recursive: true });
    const file = join(directory, "archive.lmdb");
    const { size } = await stat(file);
    await truncate(file, size - pages * 4096);
    const serving = await serve(directory).catch((error: unknown) => error);
    if (serving instanceof Error) {
      expect(serving.message).toContain("Restore the data directory from a backup");
      continue;
    }
    const { http, stop } = serving as Serving;
    for (const name of NAMES) {
      // What was in them is damaged; the answer to a read that begins before it breaks off.
      const { status, text } = await http.get(name).catch(() => ({ status: 500, text: "" }));
      expect([200, 500]).toContain(status);
      if (status === 200) expect(`${name}${BODY}`.startsWith(text)).toBe(true);
    }
    await stop();
  }
});

test("an archive of a store that was never checkpointed may not go missing either", async () => {
  const directory = await mkdtemp(join(root, "young"));
  const { http, stop } = await serve(directory);
  await http.put("young", { headers: BINARY, body: "young" });
  const copy = await mkdtemp(join(root, "copy"));
  await cp(join(directory, "format"), join(copy, "format"));
  await cp(join(directory, "log"), join(copy, "log"), { recursive: true });
  await stop();
  await expect(serve(copy)).rejects.toThrow("archive.lmdb is missing");
});

test("an archive of which more than half is free gives the space back when it is opened", async () => {
  const directory = await populated();
  const { http, stop } = await serve(directory);
  for (let count = 0; count < 10; count++)
    await http.put(`big${count}`, { headers: BINARY, body: Buffer.alloc(3 * 1024 * 1024, count) });
  for (let count = 0; count < 9; count++) await http.delete(`big${count}`);
  await stop();
  await (await serve(directory)).stop();
  expect((await stat(join(directory, "archive.lmdb"))).size).toBeLessThan(5 * 1024 * 1024);
  expect((await checkDirectory(directory)).problems).toEqual([]);
  const again = await serve(directory);
  expect((await again.http.get("big9")).bytes.equals(Buffer.alloc(3 * 1024 * 1024, 9))).toBe(true);
  expect((await again.http.get("one")).text).toBe(`one${BODY}`);
  await again.stop();
});

test("a reader in another process that was killed does not keep pages from being used again", async () => {
  const directory = await mkdtemp(join(root, "d"));
  const file = join(directory, "archive.lmdb");
  const store = new LmdbStore(file);
  await store.write([{ key: STORE_KEY, value: Buffer.alloc(8) }]);
  const script = `import { open } from "lmdb";
    const database = open({ path: ${JSON.stringify(file)}, noSubdir: true, readOnly: true, keyEncoding: "binary", encoding: "binary" });
    const transaction = database.useReadTransaction();
    [...database.getKeys({ limit: 1, transaction })];
    console.log("reading"); setInterval(() => {}, 1000);`;
  const reader = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: new URL("../..", import.meta.url).pathname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(reader.stdout, "data");
  reader.kill("SIGKILL");
  await once(reader, "exit");
  const key = chunkKey(99, 0);
  for (let count = 0; count < 30; count++)
    await store.write([{ key, value: Buffer.alloc(1024 * 1024, count) }]);
  expect(store.space().fileBytes).toBeLessThan(10 * 1024 * 1024);
  await store.close();
});

test("nobody else may read what is in a data directory", async () => {
  const directory = await populated();
  await chmod(directory, 0o755);
  await chmod(join(directory, "archive.lmdb"), 0o644);
  const { stop } = await serve(directory);
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const modes = await Promise.all(
    entries.map(async (entry) => {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      return [entry.name, (mode & 0o777).toString(8), entry.isDirectory() ? "700" : "600"] as const;
    }),
  );
  expect(modes.filter(([, found, wanted]) => found !== wanted)).toEqual([]);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  await stop();
});

async function sizeOf(directory: string, key: Uint8Array): Promise<number> {
  const store = new LmdbStore(join(directory, "archive.lmdb"));
  const { length } = store.get(key)!;
  await store.close();
  return length;
}

test("what was written under one key does not pass under another", async () => {
  const directory = await populated();
  const store = new LmdbStore(join(directory, "archive.lmdb"));
  const value = Uint8Array.from(store.get(chunkKey(1, 0))!);
  await store.write([{ key: chunkKey(ID_OF_TWO, 0), value }]);
  await store.close();
  const { http, stop } = await serve(directory);
  expect((await http.get("two")).status).toBe(500);
  await stop();
});

test("the scrub finds damage that nobody reads", async () => {
  const directory = await populated();
  await flip(directory, chunkKey(ID_OF_TWO, 0), 1000);
  const { next, metrics, stop } = await serve(directory, true);
  expect(await next()).toMatch("the chunk of stream 2 at position 0 is damaged");
  expect(metrics().diskTroublesTotal).toBe(1);
  await stop();
});

test("an archive whose own row is damaged is not opened", async () => {
  const directory = await populated();
  await flip(directory, STORE_KEY, 3);
  await expect(serve(directory)).rejects.toThrow("the archive's own row is damaged");
  expect((await checkDirectory(directory)).problems[0]).toMatch("the archive's own row is damaged");
});
