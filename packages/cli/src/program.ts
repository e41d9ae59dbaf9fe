import { Command } from "commander";
import { devCommand } from "./commands/dev.ts";
import { serveCommand } from "./commands/serve.ts";

/** The whole command line. Commands throw `Failure` for what a user can mend, the parser `CommanderError`. */
export function createProgram(version: string): Command {
  const program = new Command("perennial")
    .description("Durable streams: append-only, resumable streams over plain HTTP.")
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .addHelpText("after", HELP_AFTER)
    .addCommand(devCommand())
    .addCommand(serveCommand());
  for (const command of [program, ...program.commands]) {
    command
      .helpOption("-h, --help", "show this help")
      .exitOverride()
      .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, "Error:")) });
  }
  return program;
}

const HELP_AFTER = `
"perennial <command> --help" tells more about a command.

Exit status:
  0  done
  1  failed
  2  the command line, an environment variable or the configuration file is wrong`;
