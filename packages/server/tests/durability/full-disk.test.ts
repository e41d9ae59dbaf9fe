/**
 * A disk that is really full, where one can be made (a small file system in memory, which takes root): deletions give
 * room back that appends use again, without a restart. The simulation does the same on any machine.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type ServerProcess, startServer } from "../crash/server-process.ts";
import { BINARY, Http } from "../support/http.ts";

/** Sizes of the disks, mebibytes: one as small as any is. */
const SIZES = [160, 24];

interface SmallDisk {
  readonly mountPoint: string;
  readonly isMounted: boolean;
}

async function smallDisk(mebibytes: number): Promise<SmallDisk> {
  const mountPoint = await mkdtemp(join(tmpdir(), "perennial-full-"));
  const mount = ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", mountPoint];
  return { mountPoint, isMounted: spawnSync("mount", mount).status === 0 };
}

const disks = new Map<number, SmallDisk>();
for (const size of SIZES) disks.set(size, await smallDisk(size));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  for (const { mountPoint, isMounted } of disks.values()) {
    if (isMounted) spawnSync("umount", [mountPoint]);
    await rm(mountPoint, { recursive: true });
  }
});

/** Appends until the disk is full. Returns how many appends went in. */
async function fill(http: Http, name: string, body: Buffer): Promise<number> {
  for (let count = 0; ; count++) {
    const { status } = await http.post(name, { headers: BINARY, body });
    if (status === 507) return count;
    expect(status).toBe(204);
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

const statusOf = async (http: Http, path: string) => (await http.send("GET", path)).status;

describe.each(SIZES)("a full disk of %i MiB", (size) => {
  const { mountPoint, isMounted } = disks.get(size)!;
  test.runIf(isMounted)(
    "takes deletions and closes, and appends again once these gave room",
    async () => {
      const part = Buffer.alloc((size / 160) * 1024 * 1024, 7);
      server = await startServer({ directory: join(mountPoint, "data") });
      const http = new Http(server.url);
      for (const name of ["a", "b", "c", "kept"]) await http.put(name, { headers: BINARY, body: "first" });
      for (let count = 0; count < 12; count++)
        for (const name of ["a", "b"]) await http.post(name, { headers: BINARY, body: part });
      // Somebody else fills the disk, too.
      await writeFile(join(mountPoint, "other"), Buffer.alloc(32 * part.length));
      const before = await fill(http, "c", part);
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
        await until(async () => (await http.post("d", { headers: BINARY, body: part })).status === 204);
      await server.kill();
      server = await startServer({ directory: join(mountPoint, "data") });
      const again = new Http(server.url);
      expect((await again.get("d")).bytes.length).toBe(Math.min(before, 10) * part.length);
      expect((await again.head("kept")).headers.get("Stream-Closed")).toBe("true");
      expect((await again.get("a")).status).toBe(404);
      await server.kill();
    },
    120_000,
  );
});
