/**
 * A disk that is really full, where one can be made (a small file system in memory, which takes root): deletions give
 * room back that appends use again, without a restart. The simulation does the same on any machine.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type ServerProcess, startServer } from "../crash/server-process.ts";
import { BINARY, Http } from "../support/http.ts";

const mountPoint = await mkdtemp(join(tmpdir(), "perennial-full-"));
const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=160m", "tmpfs", mountPoint]).status === 0;
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  if (isMounted) spawnSync("umount", [mountPoint]);
  await rm(mountPoint, { recursive: true });
});

const MEBIBYTE = Buffer.alloc(1024 * 1024, 7);

/** Appends until the disk is full. Returns how many appends went in. */
async function fill(http: Http, name: string): Promise<number> {
  for (let count = 0; ; count++) {
    const { status } = await http.post(name, { headers: BINARY, body: MEBIBYTE });
    if (status === 507) return count;
    expect(status).toBe(204);
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

const statusOf = async (http: Http, path: string) => (await http.send("GET", path)).status;

test.runIf(isMounted)(
  "a full disk takes deletions and closes, and appends again once these gave room",
  async () => {
    server = await startServer({ directory: join(mountPoint, "data") });
    const http = new Http(server.url);
    for (const name of ["a", "b", "c", "kept"]) await http.put(name, { headers: BINARY, body: "first" });
    for (let count = 0; count < 12; count++)
      for (const name of ["a", "b"]) await http.post(name, { headers: BINARY, body: MEBIBYTE });
    // Somebody else fills the disk, too.
    await writeFile(join(mountPoint, "other"), Buffer.alloc(32 * 1024 * 1024));
    const before = await fill(http, "c");
    expect([await statusOf(http, "/health"), await statusOf(http, "/health/ready")]).toEqual([503, 503]);
    expect(await statusOf(http, "/health/live")).toBe(200);
    expect((await http.get("kept")).text).toBe("first");
    await until(async () => (await http.delete("a")).status === 204);
    expect((await http.post("kept", { headers: { "Stream-Closed": "true" } })).status).toBe(204);
    expect((await http.delete("b")).status).toBe(204);
    expect((await http.delete("c")).status).toBe(204);
    await until(async () => (await statusOf(http, "/health/ready")) === 200);
    expect((await http.put("d", { headers: BINARY })).status).toBe(201);
    for (let count = 0; count < Math.min(before, 10); count++)
      await until(async () => (await http.post("d", { headers: BINARY, body: MEBIBYTE })).status === 204);
    await server.kill();
    server = await startServer({ directory: join(mountPoint, "data") });
    const again = new Http(server.url);
    expect((await again.get("d")).bytes.length).toBe(Math.min(before, 10) * MEBIBYTE.length);
    expect((await again.head("kept")).headers.get("Stream-Closed")).toBe("true");
    expect((await again.get("a")).status).toBe(404);
  },
  120_000,
);
