import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { prepareDirectory } from "./data-directory.ts";
import { FORMAT_VERSION } from "./format/upgrades.ts";
import { UnusableDirectory } from "./unusable-directory.ts";

const root = await mkdtemp(join(tmpdir(), "perennial-directory-"));
afterAll(() => rm(root, { recursive: true }));

test("an empty directory is given the current format and can be used again", async () => {
  const directory = await mkdtemp(join(root, "d"));
  await prepareDirectory(directory);
  expect(await readFile(join(directory, "format"), "utf8")).toBe(`${FORMAT_VERSION}\n`);
  await prepareDirectory(directory);
});

test("a directory of a newer format is refused and left as it is", async () => {
  const directory = await mkdtemp(join(root, "d"));
  await writeFile(join(directory, "format"), `${FORMAT_VERSION + 1}\n`);
  await expect(prepareDirectory(directory)).rejects.toThrow(UnusableDirectory);
  await expect(prepareDirectory(directory)).rejects.toThrow(`format ${FORMAT_VERSION + 1}`);
  expect(await readdir(directory)).toEqual(["format"]);
});

test("data without a format is refused", async () => {
  const directory = await mkdtemp(join(root, "d"));
  await mkdir(join(directory, "log"));
  await expect(prepareDirectory(directory)).rejects.toThrow(UnusableDirectory);
  expect(await readdir(directory)).toEqual(["log"]);
});

test("a format that is no number is refused", async () => {
  const directory = await mkdtemp(join(root, "d"));
  await writeFile(join(directory, "format"), "one");
  await expect(prepareDirectory(directory)).rejects.toThrow('"one"');
});
