/** A reader that has seen enough (`perennial serve --help | head -1`) ends any command quietly. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { start } from "./support/process.ts";

/** One file a command, named after it. */
const COMMANDS = readdirSync(new URL("../src/commands", import.meta.url))
  .filter((file) => file.endsWith(".ts") && !file.includes("-"))
  .map((file) => [file.slice(0, -".ts".length), "--help"]);

test.each([["--help"], ["--version"], ["completion", "bash"], ...COMMANDS])(
  "perennial %s %s does not mind that nobody reads its output",
  async (...args) => {
    const running = start(args.filter((word) => word !== undefined));
    running.child.stdout.destroy();
    const { code, stderr } = await running.finished;
    expect([code, stderr]).toEqual([0, ""]);
  },
);

test("a server whose log nobody reads any more goes on serving", async () => {
  const running = start(["serve", "--memory", "--port", "0", "--access-log"]);
  const [, url] = await running.output(/"url":"(http:[^"]+)"/);
  running.child.stderr.destroy();
  running.child.stdout.destroy();
  for (let count = 0; count < 20; count++) {
    const answer = await fetch(`${url}/v1/stream/s${count}`, { method: "PUT" });
    expect(answer.status).toBe(201);
  }
  running.child.kill("SIGTERM");
  expect((await running.finished).code).toBe(0);
});

test("a command does what it was asked for although nobody reads its warnings", async () => {
  const server = start(["serve", "--memory", "--port", "0"]);
  const [, url] = await server.output(/"url":"(http:[^"]+)"/);
  const running = start(["create", "s", "--url", `${url}/v1/stream`, "--auth", "unusual", "--verbose"]);
  running.child.stderr.destroy();
  expect((await running.finished).code).toBe(0);
  expect((await fetch(`${url}/v1/stream/s`, { method: "HEAD" })).status).toBe(200);
  server.child.kill("SIGTERM");
  await server.finished;
});
