import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DirectoryInUse, lockDirectory } from "../../src/journal/local/directory-lock.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-lock-"));
afterAll(() => rm(root, { recursive: true }));

test("a directory is locked once, and again after it was released", async () => {
  const directory = await mkdtemp(join(root, "d"));
  const lock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(DirectoryInUse);
  await expect(lockDirectory(directory)).rejects.toThrow(String(process.pid));
  await lock.release();
  await (await lockDirectory(directory)).release();
});

test("of several that try at once one gets it", async () => {
  const directory = await mkdtemp(join(root, "d"));
  const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => lockDirectory(directory)));
  const locks = attempts.filter((attempt) => attempt.status === "fulfilled");
  expect(locks).toHaveLength(1);
  await locks[0]!.value.release();
});

test("a lock dies with its process, even if that is killed", async () => {
  const directory = await mkdtemp(join(root, "d"));
  const module = new URL("../../dist/journal/local/directory-lock.js", import.meta.url).href;
  const script = `import { lockDirectory } from ${JSON.stringify(module)};
    await lockDirectory(${JSON.stringify(directory)}); console.log("locked"); setInterval(() => {}, 1000);`;
  const flags = ["--input-type=module", "-e", script];
  const holder = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  await expect(lockDirectory(directory)).rejects.toThrow(String(holder.pid));
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await (await lockDirectory(directory)).release();
});
