// Stands in for lmdb's loader of native code in the single executable: the library comes out of the executable.
// A shared library can only be loaded from a file, so it is one for a moment.
const { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { getRawAsset } = require("node:sea");

module.exports = function loadNative() {
  mkdirSync(tmpdir(), { recursive: true });
  const directory = mkdtempSync(join(tmpdir(), "perennial-"));
  const path = join(directory, "lmdb.node");
  const library = { exports: {} };
  try {
    writeFileSync(path, new Uint8Array(getRawAsset("lmdb.node")));
    chmodSync(path, 0o700);
    process.dlopen(library, path);
  } catch (error) {
    throw new Error(
      `native code cannot be loaded from ${directory} (TMPDIR names another place): ${error.message}`,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return library.exports;
};
