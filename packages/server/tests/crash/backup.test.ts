/**
 * Backups of a real server under load, which is killed in between, as is now and then the backup itself: every finished one
 * opens and holds all that was acknowledged before it began. `PERENNIAL_BACKUPS=100` for a long run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "@perennial/testing";
import { afterAll, expect, test } from "vitest";
import { checkDirectory } from "../../src/journal/local/check-directory.ts";
import { BINARY, Http } from "../support/http.ts";
import { judge, Producer } from "./load.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const BACKUPS = Number(process.env.PERENNIAL_BACKUPS ?? "3");
const STREAMS = ["a", "b", "c", "d"];
const EACH = 4;
/** Time for some ten processes to start, on a machine that does other things as well. */
const PROCESSES_MS = 180_000;
const COMMAND = new URL("../../../cli/bin/perennial.js", import.meta.url).pathname;

const root = await mkdtemp(join(tmpdir(), "perennial-backup-"));
const directory = join(root, "data");
let server: ServerProcess | undefined;
let restored: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  await restored?.kill();
  await rm(root, { recursive: true });
});

/** Runs the command; killed after `killAfterMs`, if that is given. Resolves to its exit code, null when killed. */
async function run(args: readonly string[], killAfterMs?: number): Promise<number | null> {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  const [code] = await once(child, "exit");
  clearTimeout(timer);
  return code;
}

async function wholeStream(http: Http, stream: string): Promise<string> {
  const pieces: Buffer[] = [];
  for (let from = "-1"; ; ) {
    const answer = await http.get(stream, `?offset=${from}`);
    expect(answer.status).toBe(200);
    pieces.push(answer.bytes);
    if (answer.headers.get("Stream-Up-To-Date") === "true") return Buffer.concat(pieces).toString("latin1");
    from = answer.next;
  }
}

/** The backup's streams hold each producer's tokens up to what it had acknowledged then, and no other way than in order. */
async function judgeBackup(target: string, before: readonly number[], producers: readonly Producer[]) {
  expect(await checkDirectory(target)).toMatchObject({ problems: [] });
  restored = await startServer({ directory: target });
  const http = new Http(restored.url);
  for (const stream of STREAMS) {
    const content = await wholeStream(http, stream);
    const then = producers.flatMap((producer, index) => {
      if (producer.stream !== stream) return [];
      const copy = new Producer(stream, producer.id);
      copy.acknowledged = before[index]!;
      copy.sent = producer.sent;
      return [copy];
    });
    judge(content, then, []);
  }
  await restored.kill();
}

test(`${BACKUPS} backups under load, with kills in between, hold all that was acknowledged before they began`, async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`kills from seed ${seed}`);
  const random = new Random(seed);
  const producers = STREAMS.flatMap((stream) =>
    Array.from({ length: EACH }, (_, index) => new Producer(stream, `${stream}${index}`)),
  );
  server = await startServer({ directory });
  for (const stream of STREAMS) await new Http(server.url).put(stream, { headers: BINARY });
  const target = join(root, "backup");
  let cutOff = 0;
  for (let count = 0; count < BACKUPS; count++) {
    const http = new Http(server.url);
    const stopped = new AbortController();
    const clients = producers.map((producer) => producer.run(http, stopped.signal));
    const sent = () => producers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
    for (const from = sent(); sent() < from + 50; ) await new Promise((resolve) => setTimeout(resolve, 5));
    // A backup that is cut off is gone on with; one that is finished is brought up to date.
    if (random.chance(0.5)) {
      const code = await run(["backup", target, "--data-dir", directory], random.below(600));
      if (code === null) cutOff += 1;
    }
    const before = producers.map(({ acknowledged }) => acknowledged);
    const backingUp = run(["backup", target, "--data-dir", directory]);
    const isKilled = random.chance(0.5);
    if (isKilled) {
      await new Promise((resolve) => setTimeout(resolve, random.below(400)));
      await server.kill();
    }
    expect(await backingUp).toBe(0);
    stopped.abort();
    await Promise.all(clients);
    const opened = join(root, "opened");
    await cp(target, opened, { recursive: true });
    await judgeBackup(opened, before, producers);
    await rm(opened, { recursive: true });
    if (isKilled) server = await startServer({ directory });
  }
  console.log(`${cutOff} backups were cut off and gone on with`);
}, 3_600_000);

test(
  "a backup is restored, through a pipe, too; a damaged or an unfinished one is refused",
  async () => {
    const target = join(root, "backup");
    const fresh = join(root, "fresh");
    expect(await run(["backup", target, "--data-dir", directory])).toBe(0);
    expect(await run(["restore", target, fresh])).toBe(0);
    expect((await checkDirectory(fresh)).problems).toEqual([]);
    expect(await run(["restore", target, fresh])).toBe(1);

    const pipe = `"$0" "$1" backup - --data-dir "$2" | "$0" "$1" restore - "$3"`;
    const piped = join(root, "piped");
    const child = spawn("bash", ["-c", pipe, process.execPath, COMMAND, directory, piped], {
      stdio: "ignore",
    });
    expect((await once(child, "exit"))[0]).toBe(0);
    expect((await checkDirectory(piped)).problems).toEqual([]);

    const manifest = await readFile(join(target, "backup.json"), "utf8");
    const damaged = join(root, "damaged");
    await cp(target, damaged, { recursive: true });
    const file = join(damaged, "archive.lmdb");
    const bytes = await readFile(file);
    bytes[bytes.length - 100]! ^= 1;
    await writeFile(file, bytes);
    expect((await checkDirectory(damaged)).problems[0]).toBe(
      "the backup's file archive.lmdb is not the one that was written",
    );
    expect(await run(["restore", damaged, join(root, "refused")])).toBe(1);

    await rm(join(damaged, "backup.json"));
    await rm(join(damaged, "format"));
    await writeFile(join(damaged, "backup.unfinished"), "");
    await expect(startServer({ directory: damaged })).rejects.toThrow("a backup that was not finished");
    expect(Object.keys(JSON.parse(manifest).files)).toContain("log/durable");
  },
  PROCESSES_MS,
);

test(
  "a backup onto the data itself, or onto another store's backup, is refused and harms neither",
  async () => {
    const target = join(root, "backup");
    const other = join(root, "other");
    const second = await startServer({ directory: other });
    await second.kill();
    const link = join(root, "link");
    await symlink(target, link);
    expect(await run(["backup", target, "--data-dir", target])).toBe(1);
    expect(await run(["backup", link, "--data-dir", target])).toBe(1);
    expect(await run(["backup", target, "--data-dir", other])).toBe(1);
    expect((await checkDirectory(target)).problems).toEqual([]);
    expect(await run(["restore", target, join(root, "unharmed")])).toBe(0);
  },
  PROCESSES_MS,
);

test(
  "a backup reads no more of the archive a second than --rate says",
  async () => {
    const source = join(root, "paced");
    const paced = await startServer({ directory: source });
    const http = new Http(paced.url);
    for (const stream of STREAMS) await http.put(stream, { headers: BINARY, body: Buffer.alloc(400_000, 7) });
    await paced.stop();
    const target = join(root, "paced-backup");
    const began = performance.now();
    expect(await run(["backup", target, "--data-dir", source, "--rate", "800kB"])).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(2000);
    expect((await checkDirectory(target)).problems).toEqual([]);
  },
  PROCESSES_MS,
);

test(
  "files beside a backup do not become part of it",
  async () => {
    const target = join(root, "backup");
    await writeFile(join(target, "a note.txt"), "of Tuesday");
    expect(await run(["backup", target, "--data-dir", directory])).toBe(0);
    expect(await run(["restore", target, join(root, "without-note")])).toBe(0);
    expect(await readdir(join(root, "without-note"))).not.toContain("a note.txt");
  },
  PROCESSES_MS,
);
