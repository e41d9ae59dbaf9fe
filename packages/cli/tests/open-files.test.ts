/** A shell that allows next to no open files: there not even the program's own modules can be loaded. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const PROGRAM = fileURLToPath(new URL("../bin/perennial.js", import.meta.url));

test.skipIf(process.platform === "win32")(
  "a limit of 64 open files gets one sentence, and exit status 1",
  () => {
    const command = 'ulimit -n 64; exec "$0" "$1" serve --port 0 --durability none';
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command, process.execPath, PROGRAM], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "Too few files may be open here: raise the limit (ulimit -n) to 256 or more, and for a server by one for each connection.\n",
    });
  },
);
