/** All streams of a service brought to another server, as docs/electric-cloud.md has it. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { type Running, run, start } from "./support/process.ts";

const servers: Running[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.child.kill("SIGKILL");
});

const STREAMS = ["chats/1", "chats/2", "log"];

/** A server with the service `app`. */
async function serving() {
  const directory = mkdtempSync(join(tmpdir(), "perennial-cloud-"));
  const secret = (await run(["service", "create", "app", "--data-dir", directory])).stdout.trim();
  const server = start(["serve", "--port", "0", "--data-dir", directory]);
  servers.push(server);
  const [, origin] = await server.output(/"url":"(http:\/\/[^"]*)"/);
  const base = `${origin}/v1/stream/app`;
  const headers = { Authorization: `Bearer ${secret}`, "Content-Type": "application/json" };
  const send = (method: string, name: string, body?: string) =>
    fetch(`${base}/${name}`, { method, headers, ...(body !== undefined && { body }) });
  return { base, secret, send };
}

it.each(["named in a file", "listed by the source"])(
  "copies every stream of a service exactly once, %s",
  async (how) => {
    const [old, next] = await Promise.all([serving(), serving()]);
    const names = join(mkdtempSync(join(tmpdir(), "perennial-names-")), "streams.txt");
    writeFileSync(names, `${STREAMS.join("\n")}\n`);
    const named = how === "named in a file" ? ["--names", names] : [];
    const copyAll = (...more: readonly string[]) =>
      run(["copy", "--all", old.base, `${next.base}/`, "--target-auth", `Bearer ${next.secret}`, ...more], {
        env: { STREAM_AUTH: `Bearer ${old.secret}` },
      });
    for (const name of STREAMS) await old.send("PUT", name, `[{"of":"${name}"}]`);
    expect((await copyAll(...named)).stdout).toMatch(/Copied 3 streams\n$/);
    for (const name of STREAMS) await old.send("POST", name, '{"later":true}');
    await old.send("POST", "log", '{"last":true}');
    await copyAll(...named);
    await copyAll(...named);
    for (const name of STREAMS) {
      const expected = [{ of: name }, { later: true }, ...(name === "log" ? [{ last: true }] : [])];
      expect(await (await next.send("GET", name)).json(), name).toEqual(expected);
    }
    writeFileSync(names, "none\nlog\n");
    const partly = await copyAll("--names", names);
    expect(partly).toMatchObject({ code: 1, stdout: expect.stringContaining("log: Copied 0 messages") });
    expect(partly.stderr).toMatch(/Failed to copy none[\s\S]*1 of 2 streams could not be copied/);
  },
);
