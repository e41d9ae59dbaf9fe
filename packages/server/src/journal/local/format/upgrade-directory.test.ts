import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { upgradeDirectory } from "./upgrade-directory.ts";
import type { Upgrade } from "./upgrades.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-upgrade-"));
afterAll(() => rm(root, { recursive: true }));

async function directoryOf(format: string): Promise<string> {
  const directory = await mkdtemp(join(root, "d"));
  await writeFile(join(directory, "format"), format);
  return directory;
}

const formatOf = (directory: string) => readFile(join(directory, "format"), "utf8");

/** Three steps that note what they do; the one to format 3 fails as often as it is told. */
function steps(failures = 0): { readonly upgrades: readonly Upgrade[]; readonly ran: string[] } {
  const ran: string[] = [];
  let left = failures;
  const step = (what: string): Upgrade => ({
    what,
    run: async () => {
      if (what === "three" && left-- > 0) throw new Error("the power went");
      ran.push(what);
    },
  });
  return { upgrades: ["two", "three", "four"].map(step), ran };
}

test("an older directory goes through every format after its own, in order", async () => {
  for (const [format, expected] of [
    ["1", ["two", "three", "four"]],
    ["3", ["four"]],
    ["4", []],
    ["5", []],
  ] as const) {
    const directory = await directoryOf(`${format}\n`);
    const { upgrades, ran } = steps();
    await upgradeDirectory(directory, upgrades);
    expect(ran).toEqual(expected);
    expect(await formatOf(directory)).toBe(`${Math.max(4, Number(format))}\n`);
  }
});

test("a step that was broken off is done again, and those before it are not", async () => {
  const directory = await directoryOf("1\n");
  const { upgrades, ran } = steps(1);
  await expect(upgradeDirectory(directory, upgrades)).rejects.toThrow("the power went");
  expect(await formatOf(directory)).toBe("2\n");
  await upgradeDirectory(directory, upgrades);
  expect(ran).toEqual(["two", "three", "four"]);
  expect(await formatOf(directory)).toBe("4\n");
});

test("a directory without a format has nothing to be upgraded, and one whose format is no number is refused", async () => {
  const { upgrades, ran } = steps();
  await upgradeDirectory(await mkdtemp(join(root, "d")), upgrades);
  expect(ran).toEqual([]);
  for (const text of ["one", "0", "-1", "1.5", ""]) {
    await expect(upgradeDirectory(await directoryOf(text), upgrades)).rejects.toThrow("a number");
  }
});
