/** The whole command line, put together. */
import { Command, Option } from "commander";
import { DEFAULT_URL } from "./arguments/global-options.ts";
import { duration } from "./arguments/option-values.ts";
import { backupCommand, restoreCommand } from "./commands/backup.ts";
import { benchCommand } from "./commands/bench.ts";
import { checkCommand } from "./commands/check.ts";
import { closeCommand } from "./commands/close.ts";
import { completionCommand } from "./commands/completion.ts";
import { copyCommand } from "./commands/copy.ts";
import { createCommand } from "./commands/create.ts";
import { deleteCommand } from "./commands/delete.ts";
import { devCommand } from "./commands/dev.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { exportCommand } from "./commands/export.ts";
import { followCommand } from "./commands/follow.ts";
import { forkCommand } from "./commands/fork.ts";
import { importCommand } from "./commands/import.ts";
import { lsCommand } from "./commands/ls.ts";
import { proxyCommand } from "./commands/proxy.ts";
import { readCommand } from "./commands/read.ts";
import { serveCommand } from "./commands/serve.ts";
import { serviceCommand } from "./commands/service.ts";
import { statCommand } from "./commands/stat.ts";
import { subscribeCommand } from "./commands/subscribe.ts";
import { tokenCommand } from "./commands/token.ts";
import { writeCommand } from "./commands/write.ts";
import { yjsCommand } from "./commands/yjs.ts";
import { createInvocation, type Invocation, type ProgramName } from "./invocation.ts";

export interface ProgramOptions {
  /** The name by which it was called. */
  readonly name: ProgramName;
  readonly version: string;
  readonly globals: Invocation["globals"];
  /** Gives the server's commands their flags. Not needed, and costly to load, unless one of them is run. */
  readonly addSettingOptions?: (command: Command) => void;
}

/** Commands throw `Failure` for what a user can mend, the parser `CommanderError`. Nothing is printed for either. */
export function createProgram({ name, version, globals, addSettingOptions }: ProgramOptions): Command {
  const program = new Command(name);
  const invocation = createInvocation(name, globals, () => program.opts());
  program
    .description("Durable streams: append-only, resumable streams over plain HTTP.")
    .usage(usage(name))
    .version(version, "--version", "print the version")
    .option("--url <url>", `Stream server URL (env: STREAM_URL, default: ${DEFAULT_URL})`)
    .option("--auth <value>", "Authorization header value, such as 'Bearer my-token' (env: STREAM_AUTH)")
    .option("--auth-file <file>", "file that holds the Authorization value; - for standard input")
    .addOption(
      new Option(
        "--timeout <time>",
        "how long to wait for an answer (10s), and for a server that is starting (3s)",
      ).argParser(duration("--timeout", "s")),
    )
    .option("--verbose", "say why each failed attempt failed")
    .option("--quiet", "print nothing about success")
    .helpCommand(false)
    .addHelpText("after", HELP_AFTER);
  addCommands(program, invocation);
  addServerCommands(program, invocation, addSettingOptions ?? (() => {}));
  program
    .commandsGroup("Any server:")
    .addCommand(benchCommand(invocation))
    .addCommand(doctorCommand(invocation));
  program.commandsGroup("Shell:").addCommand(completionCommand(program));
  for (const command of [program, ...program.commands]) {
    command
      .helpOption("--help, -h", "Show this help message")
      .exitOverride()
      .configureOutput({ outputError: () => {} });
  }
  return program;
}

function addServerCommands(
  program: Command,
  invocation: Invocation,
  addOptions: (command: Command) => void,
): void {
  program
    .commandsGroup("Server:")
    .addCommand(devCommand(addOptions))
    .addCommand(serveCommand(addOptions))
    .addCommand(serviceCommand())
    .addCommand(tokenCommand(invocation))
    .addCommand(yjsCommand())
    .addCommand(proxyCommand())
    .addCommand(checkCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand());
}

function addCommands(program: Command, invocation: Invocation): void {
  program
    .commandsGroup("Streams:")
    .addCommand(createCommand(invocation))
    .addCommand(writeCommand(invocation))
    .addCommand(readCommand(invocation))
    .addCommand(deleteCommand(invocation))
    .addCommand(closeCommand(invocation))
    .addCommand(forkCommand(invocation))
    .addCommand(followCommand(invocation))
    .addCommand(lsCommand(invocation))
    .addCommand(statCommand(invocation))
    .addCommand(subscribeCommand(invocation));
  program
    .commandsGroup("Transfers:")
    .addCommand(importCommand(invocation))
    .addCommand(exportCommand(invocation))
    .addCommand(copyCommand(invocation));
}

/** What stands after "Usage: perennial ". */
function usage(name: string): string {
  const rows = [
    [`${name} create <stream_id>`, "create a stream"],
    [`${name} write <stream_id> <content>`, "append content to a stream"],
    [`echo content | ${name} write <stream_id>`, "append what a pipe brings"],
    [`${name} read <stream_id>`, "print a stream and follow it"],
    [`${name} delete <stream_id>`, "delete a stream"],
  ];
  const width = Math.max(...rows.map(([command]) => command!.length));
  const lines = rows.map(([command, help]) => `  ${command!.padEnd(width)}  ${help}`);
  return `<command> [options]\n${lines.join("\n")}`;
}

const HELP_AFTER = `
Options of create and write:
  --content-type <type>  content type of the stream (application/octet-stream; write asks the stream)
  --json                 JSON: the same as --content-type application/json; content is one message
  --batch-json           write only: each element of an array is a message

"<command> --help" tells more about a command. Global options may stand anywhere; "--" ends options.

Exit status (as durable-stream: 1 for every failure):
  0  done
  1  failed
  2  the command line, an environment variable or the configuration file is wrong
  3  no such stream
  4  the stream's state does not allow it: closed, of another type, name taken
  5  the server cannot be reached, is overloaded or did not answer in time; trying again may help
  6  the server refuses the credentials`;
