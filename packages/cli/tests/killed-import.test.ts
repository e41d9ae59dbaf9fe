/** A large import that is killed again and again: each message once, in order, whatever keeps the stream. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLocalLog, type ServerOptions } from "@perennial/server";
import { afterAll, expect, it } from "vitest";
import { TestServer } from "./support/server.ts";

const LINES = 1_000_000;
const KILLS = 5;
const STREAM = "import/million";
const ZERO_OFFSET = "0000000000000000_0000000000000000";

const directory = mkdtempSync(join(tmpdir(), "perennial-import-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** Resolves once the stream holds more than so many bytes: the server's offsets count them. */
async function holdsMoreThan(server: TestServer, bytes: number): Promise<void> {
  let offset = ZERO_OFFSET;
  while (Number(offset.slice(17)) <= bytes) {
    const response = await server.fetch(`${STREAM}?offset=${offset}&live=long-poll`);
    offset = response.headers.get("stream-next-offset") ?? offset;
    await response.arrayBuffer();
  }
}

const logs: Readonly<Record<string, ServerOptions>> = {
  "in memory": {},
  "on disk": { log: () => openLocalLog({ directory: join(directory, "data"), durability: "fsync" }) },
};

it.each(Object.keys(logs))(
  "of 1,000,000 lines into a stream %s, killed five times and restarted, yields each message once, in order",
  async (name) => {
    const server = await TestServer.start(logs[name]);
    const lines = Array.from({ length: LINES }, (_, index) => `{"n":${index}}`);
    const path = join(directory, "million.ndjson");
    writeFileSync(path, `${lines.join("\n")}\n`);
    const content = `[${lines.join(",")}]`;
    await server.fetch(STREAM, { method: "PUT", headers: { "Content-Type": "application/json" } });
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const importer = server.spawn(["import", STREAM, path]);
      await holdsMoreThan(server, (content.length * kill) / (KILLS + 1));
      importer.child.kill("SIGKILL");
      expect((await importer.finished).code).toBe(null);
    }
    const last = await server.run(["import", STREAM, path]);
    expect(last).toMatchObject({ code: 0, stderr: "" });
    expect(last.stdout).toMatch(/^Imported \d+ messages into stream ".*"; .* were there already\n$/);
    // Compared as a whole, but not shown as a whole.
    expect((await server.content(STREAM)) === content).toBe(true);
    expect((await server.run(["import", STREAM, path])).stdout).toContain("Imported 0 messages");
    await server.stop();
  },
  120_000,
);
