/** The file `format` of a data directory: the number of its format, which says how to read the rest. */
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { UnusableDirectory } from "../unusable-directory.ts";

/** The file's name. */
export const FORMAT_FILE = "format";

const FILE_MODE = 0o600;

/** @throws UnusableDirectory when it holds no number */
export async function readFormat(directory: string): Promise<number> {
  const text = (await readFile(join(directory, FORMAT_FILE), "utf8")).trim();
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UnusableDirectory(
    `the file "${FORMAT_FILE}" in ${directory} should hold a number, not "${text}".`,
  );
}

/** Durable, and never half written, when it resolves. */
export async function writeFormat(directory: string, format: number): Promise<void> {
  const unfinished = join(directory, `${FORMAT_FILE}.new`);
  const file = await open(unfinished, "w", FILE_MODE);
  await file.writeFile(`${format}\n`);
  await file.sync();
  await file.close();
  await rename(unfinished, join(directory, FORMAT_FILE));
  await flushDirectory(directory);
}

/** Makes the names in a directory durable. */
export async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  await handle.sync();
  await handle.close();
}
