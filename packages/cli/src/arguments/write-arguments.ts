/** The arguments of `write`, where flags and content may be mixed. */
import { DEFAULT_CONTENT_TYPE } from "@perennial/protocol";
import { Command, type Option } from "commander";
import { addContentTypeOptions, JSON_CONTENT_TYPE } from "../commands/content-type-options.ts";
import { wholeNumber } from "./option-values.ts";

/** What follows the stream id of a `write`, as the official command line reads it. */
export interface ParsedWriteArgs {
  contentType: string;
  content: string;
  batchJson: boolean;
}

/** The options of `write` as the parser finds them. */
export interface WriteFlags {
  readonly contentType?: string;
  readonly batchJson?: boolean;
  readonly raw?: boolean;
  readonly lines?: boolean;
  readonly close?: boolean;
  readonly seq?: string;
  readonly producerId?: string;
  readonly producerEpoch?: number;
  readonly producerSeq?: number;
}

/** Gives a command the options of `write`. */
export function addWriteOptions(command: Command): Command {
  addContentTypeOptions(command, "write JSON: the content is one message (an array too)")
    .option("--batch-json", "write JSON: each element of an array is a message")
    .on("option:batch-json", () => command.setOptionValue("contentType", JSON_CONTENT_TYPE));
  return command
    .option("--raw", "take the content as it is: no \\n, \\t, \\r and \\\\ escapes")
    .option("--lines", "write standard input line by line as it comes; with JSON each line is a message")
    .option("--close", "close the stream after the content")
    .option("--seq <token>", "ordering token: refused unless greater than the last one (Stream-Seq)")
    .option("--producer-id <id>", "name of the writer: with a sequence number a repeated write counts once")
    .option("--producer-epoch <n>", "epoch of the producer (0)", wholeNumber("--producer-epoch"))
    .option(
      "--producer-seq <n>",
      "sequence number of this write in its epoch (0)",
      wholeNumber("--producer-seq"),
    );
}

/**
 * Arguments in an order that leaves no doubt: flags, then `--`, then the words. A word with a single dash is
 * content (`write s -1`), and flags may stand between words. Before the first word, `-h` asks for help.
 *
 * @param options those that there are, so that it is known which of them take a value
 */
export function flagsFirst(args: readonly string[], options: readonly Option[]): string[] {
  const flags: string[] = [];
  const words: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index]!;
    if (argument === "--") {
      words.push(...args.slice(index + 1));
      break;
    }
    const isFlag = argument.startsWith("--") || (argument === "-h" && words.length === 0);
    if (!isFlag) {
      words.push(argument);
      continue;
    }
    flags.push(argument);
    const takesValue = options.find(({ long }) => long === argument)?.required;
    if (takesValue && index + 1 < args.length) flags.push(args[++index]!);
  }
  return [...flags, "--", ...words];
}

/** Reads the arguments after the stream id. Throws an `Error` for an unknown flag or a missing value. */
export function parseWriteArgs(args: string[]): ParsedWriteArgs {
  const command = addWriteOptions(new Command("write"))
    .argument("[content...]")
    .exitOverride((error) => {
      const flag = /'([^' ]+)/.exec(error.message)?.[1];
      const isUnknown = error.code === "commander.unknownOption";
      throw new Error(isUnknown ? `unknown flag: ${flag}` : `${flag} requires a value`);
    })
    .configureOutput({ outputError: () => {} });
  command.parse(flagsFirst(args, command.options), { from: "user" });
  const { contentType = DEFAULT_CONTENT_TYPE, batchJson = false } = command.opts<WriteFlags>();
  return { contentType, content: command.args.join(" "), batchJson };
}
