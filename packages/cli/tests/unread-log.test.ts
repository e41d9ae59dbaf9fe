/** Standard error that nobody reads: a pipe takes 64 KiB, and then whoever writes to it waits. A server must not. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { sendAll } from "../../server/tests/scale/keep-alive.ts";
import { type Running, start } from "./support/process.ts";

/** Each is logged in a line of more than a kilobyte: more than pipe and server keep. */
const REQUESTS = 3000;
const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

let server: Running | undefined;

afterEach(() => server?.child.kill("SIGKILL"));

async function startUnread(): Promise<{ readonly unread: Running; readonly origin: string }> {
  const unread = start(["serve", "--memory", "--access-log", "--port", "0"]);
  server = unread;
  const [, origin] = await unread.output(/"url":"(http:[^"]+)","msg":"listening"/);
  unread.child.stderr.pause();
  return { unread, origin: origin! };
}

function logMuch(origin: string): Promise<void> {
  return sendAll(origin, REQUESTS, () => ({ method: "PUT", target: `/v1/stream/${"s".repeat(1000)}` }));
}

it("goes on serving, counts the lines that it drops, and says its last words", async () => {
  const { unread, origin } = await startUnread();
  await logMuch(origin);
  expect((await fetch(`${origin}/health`)).status).toBe(200);
  unread.child.stderr.resume();
  await unread.output(/"dropped":\d+/);
  unread.child.kill("SIGTERM");
  const { code, stderr } = await unread.finished;
  expect(code).toBe(0);
  const entries = stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const logged = entries.filter(({ msg }) => msg === "request").length;
  const dropped = entries.reduce((sum, entry) => sum + (entry.dropped ?? 0), 0);
  expect(dropped).toBeGreaterThan(0);
  expect(logged + dropped).toBe(REQUESTS + 1);
  expect(entries.at(-1)).toMatchObject({ msg: "stopped" });
});

it("stops although nobody reads", async () => {
  const { unread, origin } = await startUnread();
  await logMuch(origin);
  const exited = new Promise((resolve) => unread.child.once("exit", resolve));
  unread.child.kill("SIGTERM");
  expect(await exited).toBe(0);
});

it("leaves the last lines of a crash to a reader that is slow", async () => {
  const program = `
    import { createLogger } from "@perennial/server";
    const logger = createLogger("info");
    for (let index = 0; index < 5000; index++) logger.info({ index }, "before");
    logger.error("the last");
    throw new Error("a crash");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { cwd: PACKAGE });
  const written = await text(child.stderr);
  const lines = written.split("\n").filter((line) => line.startsWith("{"));
  expect(lines).toHaveLength(5001);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ msg: "the last" });
});
