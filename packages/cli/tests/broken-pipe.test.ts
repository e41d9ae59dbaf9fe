/** A reader that has seen enough (`perennial serve --help | head -1`) ends any command quietly. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { start } from "./support/process.ts";

/** One file a command, named after it. */
const COMMANDS = readdirSync(new URL("../src/commands", import.meta.url))
  .filter((file) => file.endsWith(".ts") && !file.includes("-"))
  .map((file) => [file.slice(0, -".ts".length), "--help"]);

test.each([["--help"], ["--version"], ["completion", "bash"], ...COMMANDS])(
  "perennial %s %s does not mind that nobody reads its output",
  async (...args) => {
    const running = start(args.filter((word) => word !== undefined));
    running.child.stdout.destroy();
    const { code, stderr } = await running.finished;
    expect([code, stderr]).toEqual([0, ""]);
  },
);
