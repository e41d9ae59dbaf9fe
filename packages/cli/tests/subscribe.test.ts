/** Subscriptions as people handle them at a prompt, against a server that runs. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Running, run, start } from "./support/process.ts";

let server: Running;
let base = "";
beforeAll(async () => {
  server = start(["serve", "--port", "0", "--durability", "memory", "--webhook-hosts", "localhost"]);
  const [, port] = await server.output(/"url":"http:\/\/[^"]*:(\d+)"/);
  base = `http://127.0.0.1:${port}/v1/stream`;
});
afterAll(() => void server.child.kill("SIGKILL"));

const subscribe = (...args: readonly string[]) => run(["subscribe", ...args, "--url", base]);

it("makes a subscription, shows what it is about, and deletes it", async () => {
  await run(["create", "wakes", "--json", "--url", base]);
  const args = [
    "create",
    "jobs",
    "--wake-stream",
    "wakes",
    "--pattern",
    "jobs/*",
    "--stream",
    "extra",
    "--lease",
    "60s",
  ];
  const made = await subscribe(...args, "--json");
  expect(JSON.parse(made.stdout)).toMatchObject({ id: "jobs", type: "pull-wake", lease_ttl_ms: 60_000 });
  await run(["create", "jobs/1", "--json", "--url", base]);
  await run(["write", "jobs/1", "{}", "--url", base]);
  const shown = await subscribe("show", "jobs");
  expect(shown.stdout).toMatch(/^status: +active$/m);
  expect(shown.stdout).toMatch(/^jobs\/1 +glob +-1 +\S+ +true$/m);
  expect((await subscribe("list")).stdout).toMatch(/^jobs +pull-wake +active +2 +1 +0 +-$/m);
  expect((await subscribe("list", "--stream", "extra", "--json")).stdout).toContain('"id":"jobs"');
  expect((await subscribe("list", "--stream", "other")).stdout).toBe("none\n");
  expect((await subscribe("delete", "jobs")).stdout).toBe("Deleted jobs\n");
  expect((await subscribe("list")).stdout).toBe("none\n");
});

it("replays, lists dead letters and rotates keys", async () => {
  await subscribe("create", "hook", "--webhook", "http://localhost:1/", "--stream", "h");
  expect((await subscribe("dead-letters", "hook")).stdout).toBe("none\n");
  expect((await subscribe("replay", "hook")).stdout).toContain("sent again");
  expect((await subscribe("rotate-keys")).stdout.match(/^ds_/gm)).toHaveLength(2);
});

it("says what is wrong", async () => {
  const wrong = [
    [["show"], 2, /show needs the id/],
    [["list", "x"], 2, /about all subscriptions/],
    [["show", "none"], 3, /there is no such subscription/],
    [["create", "x", "--stream", "a"], 2, /--webhook or --wake-stream/],
    [["create", "x", "--webhook", "http://10.0.0.1/", "--stream", "a"], 1, /must begin with https/],
    [["create", "x", "--wake-stream", "w"], 1, /name a pattern/],
    [["fly"], 2, /action/],
  ] as const;
  for (const [args, code, says] of wrong)
    expect(await subscribe(...args), args.join(" ")).toMatchObject({
      code,
      stderr: expect.stringMatching(says),
    });
});
