/** Directories as they are kept in the repository: each file compressed, since segments are mostly zeros. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const COMPRESSED = ".gz";

/** Copies all files of a directory, compressed. What tells who holds it is left out. */
export async function pack(directory: string, into: string): Promise<void> {
  for (const path of await filesOf(directory)) {
    if (/^(lock|holder)|-lock$/.test(path)) continue;
    const target = join(into, path + COMPRESSED);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, gzipSync(await readFile(join(directory, path)), { level: 9 }));
  }
}

/** The other way round. */
export async function unpack(packed: string, into: string): Promise<void> {
  for (const path of await filesOf(packed)) {
    const target = join(into, path.slice(0, -COMPRESSED.length));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, gunzipSync(await readFile(join(packed, path))));
  }
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}
