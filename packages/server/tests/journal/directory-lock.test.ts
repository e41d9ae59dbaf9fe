import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:fs";
import { cp, mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import net from "node:net";
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
  // The other process runs the build, which must be that of these sources.
  const build = new URL("../../../cli/tests/support/build.mjs", import.meta.url).pathname;
  execFileSync(process.execPath, [build], { stdio: "inherit" });
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

/** On Linux only there are network namespaces, and whoever may make one can be kept out of the lock's sockets. */
const canLeaveNetwork = spawnSync("unshare", ["--net", "true"]).status === 0;

test("a process in a network namespace of its own, which sees no socket of ours, is kept out", async () => {
  const directory = await mkdtemp(join(root, "d"));
  const lock = await lockDirectory(directory);
  const module = new URL("../../dist/journal/local/directory-lock.js", import.meta.url).href;
  const script = `import { lockDirectory } from ${JSON.stringify(module)};
    await lockDirectory(${JSON.stringify(directory)}).then(() => console.log("locked"), (error) => console.log(error.name));
    process.exit();`;
  const command = [process.execPath, "--input-type=module", "-e", script];
  const [program, ...args] = canLeaveNetwork ? ["unshare", "--net", ...command] : command;
  const other = spawn(program!, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(other.stdout, "data");
  expect(String(said).trim()).toBe("DirectoryInUse");
  await lock.release();
});

test("nobody can take the lock's name first by guessing it", async () => {
  const directory = await mkdtemp(join(root, "d"));
  const { dev, ino } = await stat(directory, { bigint: true });
  const squatter = net.createServer().listen(`\0perennial-${dev}-${ino}`);
  await once(squatter, "listening");
  await (await lockDirectory(directory)).release();
  squatter.close();
});

/** The holder's file as somebody writes it whose process nobody can ask for from here. */
async function elsewhere(directory: string, beats: number): Promise<void> {
  const { ino } = await stat(directory, { bigint: true });
  const holder = { token: "theirs", pid: 7, inode: String(ino), boot: "another", beats };
  const file = await open(join(directory, "holder"), constants.O_RDWR | constants.O_CREAT);
  await file.write(JSON.stringify(holder).padEnd(400), 0);
  await file.close();
}

test("a holder elsewhere is known by its beat, whatever became of the sockets", async () => {
  const directory = await mkdtemp(join(root, "d"));
  let beats = 0;
  await elsewhere(directory, beats);
  const beating = setInterval(() => void elsewhere(directory, ++beats), 100);
  await expect(lockDirectory(directory)).rejects.toThrow("in use by process 7");
  clearInterval(beating);
});

test("a holder elsewhere that is silent for some seconds has died, and a lock that was taken over is known", async () => {
  const directory = await mkdtemp(join(root, "d"));
  await elsewhere(directory, 1);
  const lock = await lockDirectory(directory);
  expect(await lock.isInPlace()).toBe(true);
  await elsewhere(directory, 2);
  await expect.poll(() => lock.isInPlace(), { timeout: 10_000 }).toBe(false);
  await lock.release();
  expect(await readFile(join(directory, "holder"), "utf8")).toContain("theirs");
}, 20_000);

test("the holder of a directory that was copied does not count in the copy", async () => {
  const directory = await mkdtemp(join(root, "d"));
  const lock = await lockDirectory(directory);
  const copy = await mkdtemp(join(root, "d"));
  for (const name of ["holder", "lock.secret"]) await cp(join(directory, name), join(copy, name));
  await (await lockDirectory(copy)).release();
  await lock.release();
});

test("a socket that was replaced does not hide the process behind it", async () => {
  const directory = await mkdtemp(join(root, "d"));
  const lock = await lockDirectory(directory);
  await rm(join(directory, "lock"));
  await rm(join(directory, "lock.secret"));
  await expect(lockDirectory(directory)).rejects.toThrow(DirectoryInUse);
  await lock.release();
});
