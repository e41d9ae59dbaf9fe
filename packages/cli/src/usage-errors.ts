/** What the argument parser objects to, in the words of the official command line. */
import type { Command, CommanderError } from "commander";
import { missingValue } from "./arguments/global-options.ts";
import { JSON_CONTENT_TYPE } from "./commands/content-type-options.ts";
import { EXIT } from "./exit-codes.ts";
import { Failure } from "./failure.ts";

/** Flags of `create` and `write` that people tend to put before the command. */
const COMMAND_FLAGS: readonly string[] = ["--content-type", "--json", "--batch-json"];

/** Words the error of a parse as a failure. */
export function usageError(error: CommanderError, program: Command, args: readonly string[]): Failure {
  return new Failure(`Error: ${wording(error, program, args)}`, EXIT.usage);
}

function wording(error: CommanderError, program: Command, args: readonly string[]): string {
  const command = program.commands.find((candidate) => candidate.name() === args[0]);
  const [, quoted = ""] = /'([^' ]+)/.exec(error.message) ?? [];
  const hint = `\n  Run "${program.name()} --help" for help`;
  switch (error.code) {
    case "commander.unknownOption":
      if (command !== undefined) return `unknown flag: ${quoted}${suggestion(error)}`;
      return COMMAND_FLAGS.includes(quoted.split("=")[0]!)
        ? misplaced(quoted, program)
        : `Unknown option "${quoted}"${hint}`;
    case "commander.unknownCommand": {
      const names = program.commands.map((each) => each.name()).join(", ");
      return `Unknown command "${quoted}"\n  Available commands: ${names}${hint}`;
    }
    case "commander.missingArgument":
      return missingArgument(quoted, program, command);
    case "commander.excessArguments":
      return `unexpected argument: ${command?.args[command.registeredArguments.length] ?? quoted}`;
    case "commander.optionMissingArgument":
      return quoted === "--content-type"
        ? missingValue(quoted, JSON_CONTENT_TYPE, false)
        : `${quoted} requires a value`;
    default:
      return error.message.replace(/^error: /, "");
  }
}

function misplaced(flag: string, program: Command): string {
  const example = (command: string) => `\n  Example: ${program.name()} ${command} <stream_id> ${flag} ...`;
  return `"${flag}" must come after the command and stream_id${example("create")}${example("write")}\n  Run "${program.name()} --help" for help`;
}

function missingArgument(argument: string, program: Command, command: Command | undefined): string {
  const usage = argument === "stream_id" ? "<command> <stream_id>" : `${command?.name()} ${command?.usage()}`;
  return `Missing ${argument}\n  Usage: ${program.name()} ${usage}`;
}

/** What commander thinks was meant, if anything. */
function suggestion({ message }: CommanderError): string {
  const [, meant] = /Did you mean ([^)?]+)\?/.exec(message) ?? [];
  return meant === undefined ? "" : `\n  Did you mean ${meant}?`;
}
