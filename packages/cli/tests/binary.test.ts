import { execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Running } from "./support/process.ts";

const BUILD = fileURLToPath(new URL("../binary/build.js", import.meta.url));

/** A file system with the executable and the system's libraries that it needs; nothing else, no /tmp even. */
const root = mkdtempSync(join(tmpdir(), "perennial-root-"));

beforeAll(() => {
  const binary = join(root, "perennial");
  execFileSync(process.execPath, [BUILD, binary], { stdio: "pipe" });
  const libraries = execFileSync("ldd", [binary], { encoding: "utf8" }).matchAll(/(\/\S+) \(0x/g);
  for (const [, library] of libraries) {
    mkdirSync(join(root, dirname(library!)), { recursive: true });
    copyFileSync(library!, join(root, library!));
  }
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs the executable with that file system as its whole world, in an empty environment. */
function inside(...args: readonly string[]): Running {
  const words = ["--map-root-user", "--root", root, "--wd", "/", "/perennial", ...args];
  return new Running(spawn("unshare", words, { env: {} }));
}

it("is one file of less than 130 MB, or little more than a runtime that is larger than that by itself", () => {
  const runtime = statSync(process.execPath).size;
  expect(statSync(join(root, "perennial")).size).toBeLessThan(Math.max(130e6, runtime + 10e6));
});

it("starts in less than 300 ms of processor time", () => {
  const line = `TIMEFORMAT='%U %S'; time ${join(root, "perennial")} --version`;
  const { stderr } = spawnSync("bash", ["-c", line], { encoding: "utf8" });
  const [user, system] = stderr.trim().split(" ").map(Number);
  expect(user! + system!).toBeLessThan(0.3);
});

it("carries the Stream Explorer", async () => {
  const server = inside("serve", "--port", "0", "--memory");
  const [, origin] = await server.output(/"url":"(http:[^"]+)"/);
  expect(await (await fetch(`${origin}/`)).text()).toContain("<title>Stream Explorer</title>");
  server.child.kill("SIGTERM");
  expect((await server.finished).code).toBe(0);
});

it("gives the quick tour on the durable log in an empty root, and keeps the data across a restart", async () => {
  const commands: readonly [readonly string[], string][] = [
    [["create", "tour", "--content-type", "text/plain"], "Stream created successfully"],
    [["write", "tour", "Hello, stream"], "Wrote 13 bytes"],
    [["read", "tour", "--no-follow"], "Hello, stream"],
  ];
  for (const round of [commands, commands.slice(2)]) {
    const server = inside("serve", "--port", "0", "--data-dir", "/data");
    const [, origin] = await server.output(/"url":"(http:[^"]+)"/);
    for (const [args, output] of round) {
      const { code, stdout, stderr } = await inside(...args, "--url", `${origin}/v1/stream`).finished;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(output);
    }
    server.child.kill("SIGTERM");
    expect((await server.finished).code).toBe(0);
  }
  expect(existsSync(join(root, "data"))).toBe(true);
});
