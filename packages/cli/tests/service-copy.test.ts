/** All streams of a service brought to another server, as docs/electric-cloud.md has it. */
import { execFile } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, it } from "vitest";
import { type Running, run, start } from "./support/process.ts";

const PROGRAM = fileURLToPath(new URL("../bin/perennial.js", import.meta.url));
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

it("copies every stream of a service exactly once, and what is new when it is run again", async () => {
  const [old, next] = await Promise.all([serving(), serving()]);
  const names = join(mkdtempSync(join(tmpdir(), "perennial-names-")), "streams.txt");
  writeFileSync(names, `${STREAMS.join("\n")}\n`);
  const copyAll = () =>
    promisify(execFile)(
      "sh",
      [
        "-c",
        'xargs -P 2 -I NAME "$NODE" "$PROGRAM" copy "$OLD/NAME" "$NEW/NAME" --target-auth "Bearer $NEW_SECRET" < "$NAMES"',
      ],
      {
        env: {
          ...{ ...process.env, NODE: process.execPath, PROGRAM, NAMES: names, OLD: old.base, NEW: next.base },
          ...{ STREAM_AUTH: `Bearer ${old.secret}`, NEW_SECRET: next.secret },
        },
      },
    );
  for (const name of STREAMS) await old.send("PUT", name, `[{"of":"${name}"}]`);
  await copyAll();
  for (const name of STREAMS) await old.send("POST", name, '{"later":true}');
  await old.send("POST", "log", '{"last":true}');
  await copyAll();
  await copyAll();
  for (const name of STREAMS) {
    const expected = [{ of: name }, { later: true }, ...(name === "log" ? [{ last: true }] : [])];
    expect(await (await next.send("GET", name)).json(), name).toEqual(expected);
  }
});
