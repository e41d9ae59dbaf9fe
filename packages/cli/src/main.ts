import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { createProgram } from "./program.ts";

/** Runs the command line and returns the exit status; diagnostics are on standard error by then. */
async function main(argv: readonly string[]): Promise<ExitCode> {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  try {
    await createProgram(manifest.version).parseAsync([...argv]);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`Error: ${error.message}\n`);
    return error.exitCode;
  }
}

process.exitCode = await main(process.argv);
