/** A stream costs no file: 100,000 of them in a process that may open 1,024. */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type ServerProcess, startServer } from "../crash/server-process.ts";
import { Http, TEXT } from "../support/http.ts";
import { sendAll } from "./keep-alive.ts";

const STREAMS = 100_000;
/** Every so many streams one is appended to and read back. */
const SAMPLE = 1009;
const OPEN_FILES_MAX = 1024;
/** What the server may have open, the connections of the test included. */
const OPEN_FILES_EXPECTED = 100;

const directory = await mkdtemp(join(tmpdir(), "perennial-scale-"));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  await rm(directory, { recursive: true });
});

/** On a system without /proc the limit alone judges. */
async function openFiles({ pid }: ServerProcess): Promise<number> {
  return process.platform === "linux" ? (await readdir(`/proc/${pid}/fd`)).length : 0;
}

const sample = Array.from({ length: Math.ceil(STREAMS / SAMPLE) }, (_, index) => index * SAMPLE);

async function expectSample(http: Http): Promise<void> {
  for (const index of sample) expect((await http.get(`s${index}`)).text).toBe(`stream ${index}`);
}

test("100,000 streams are created, appended to and read back with fewer than 100 open files", async () => {
  server = await startServer({ directory, openFiles: OPEN_FILES_MAX });
  const http = new Http(server.url);
  await sendAll(http.origin, STREAMS, (index) => ({ method: "PUT", target: http.path(`s${index}`) }));
  expect(await openFiles(server)).toBeLessThan(OPEN_FILES_EXPECTED);
  for (const index of sample) await http.post(`s${index}`, { headers: TEXT, body: `stream ${index}` });
  await expectSample(http);
  expect(await openFiles(server)).toBeLessThan(OPEN_FILES_EXPECTED);
  await server.stop();

  server = await startServer({ directory, openFiles: OPEN_FILES_MAX });
  expect(server.recovery.streams).toBe(STREAMS);
  await expectSample(new Http(server.url));
  expect(await openFiles(server)).toBeLessThan(OPEN_FILES_EXPECTED);
}, 120_000);
