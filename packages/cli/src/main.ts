/** The program: from arguments to an exit status. */
import { type Command, CommanderError } from "commander";
import { type GlobalOptions, resolveGlobalOptions, takeGlobalFlags } from "./arguments/global-options.ts";
import { withoutIgnored } from "./arguments/official.ts";
import { flagsFirst } from "./arguments/write-arguments.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { Failure, usageFailure } from "./failure.ts";
import type { ProgramName } from "./invocation.ts";
import { mindReadersThatLeave } from "./output/standard-output.ts";
import { createProgram } from "./program.ts";
import { usageError } from "./usage-errors.ts";
import { getUsageText } from "./usage-text.ts";
import { VERSION } from "./version.ts";

/**
 * Runs the command line and sets the exit status; what went wrong is on standard error by then.
 *
 * @param name the name by which it was called: as `durable-stream` it exits with 1 for every failure, like the
 *   official command line
 */
export async function main(name: ProgramName, args: readonly string[]): Promise<void> {
  mindReadersThatLeave();
  const exitCode = await run(name, [...args]);
  process.exitCode = name === "durable-stream" && exitCode !== EXIT.ok ? EXIT.failure : exitCode;
}

async function run(name: ProgramName, args: string[]): Promise<ExitCode> {
  try {
    await runCommand(name, args);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Failure) {
      process.stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`Fatal error: ${args.includes("--verbose") ? stack : message}\n`);
    return EXIT.failure;
  }
}

async function runCommand(name: ProgramName, args: readonly string[]): Promise<void> {
  const given = new Map<keyof GlobalOptions, string>();
  const program = createProgram({
    name,
    version: VERSION,
    globals: () => resolve(given),
    ...(args.some((word) => SERVER_COMMANDS.has(word)) && (await import("./settings/options.ts"))),
  });
  if (asksForHelp(args) || (name === "perennial" && args.length === 0)) {
    const command = program.commands.find((candidate) => args.includes(candidate.name()));
    (command ?? program).outputHelp();
    return;
  }
  const taken = asUsage(() => takeGlobalFlags(args));
  for (const [key, value] of taken.given) given.set(key, value);
  const left = name === "perennial" ? taken.remainingArgs : withoutIgnored(taken.remainingArgs);
  await parse(program, left);
}

/** Commands that need the flags which come from the server's settings. */
const SERVER_COMMANDS: ReadonlySet<string> = new Set(["dev", "serve", "completion"]);

/** Whether help is asked for, which beats everything else. Among the words of a `write`, `-h` is content. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  return options.includes("--help") || (options.includes("-h") && !options.includes("write"));
}

async function parse(program: Command, args: readonly string[]): Promise<void> {
  const [commandName, ...rest] = args;
  if (commandName === undefined) {
    throw new Failure(
      `Error: No command specified\n\n${getUsageText(program.name() as ProgramName)}`,
      EXIT.usage,
    );
  }
  const write = program.commands.find((command) => command.name() === "write");
  const ordered =
    commandName === "write" && write
      ? ["write", ...flagsFirst(rest, [...program.options, ...write.options])]
      : args;
  try {
    await program.parseAsync([...ordered], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, program, ordered);
  }
}

/** The global options; warnings about them go to standard error. */
function resolve(given: ReadonlyMap<keyof GlobalOptions, string>): GlobalOptions {
  const { options, warnings } = asUsage(() => resolveGlobalOptions(given));
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  return options;
}

function asUsage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw usageFailure((error as Error).message);
  }
}
