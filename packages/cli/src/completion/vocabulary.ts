import type { Command, Option } from "commander";

/** A flag as shells complete it. */
export interface CompletedFlag {
  /** Long form, with its dashes. */
  readonly flag: string;
  readonly description: string;
  readonly takesValue: boolean;
  /** The values it takes, if they are known. */
  readonly choices: readonly string[];
}

export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
}

/** All that can be typed after the program's name. */
export interface Vocabulary {
  readonly program: string;
  readonly commands: readonly CompletedCommand[];
  /** Flags that may stand anywhere. */
  readonly flags: readonly CompletedFlag[];
}

/** Reads the vocabulary off the program itself, so that completion knows what the program knows. */
export function vocabularyOf(program: Command): Vocabulary {
  return {
    program: program.name(),
    flags: flagsOf(program),
    commands: program.commands.map((command) => ({
      name: command.name(),
      description: command.description(),
      flags: flagsOf(command),
    })),
  };
}

function flagsOf(command: Command): readonly CompletedFlag[] {
  const help: CompletedFlag = { flag: "--help", description: "show help", takesValue: false, choices: [] };
  return [...command.options.filter(({ hidden }) => !hidden).map(completed), help];
}

function completed({ long, description, required, optional, argChoices, flags }: Option): CompletedFlag {
  const [, alternatives] = /<([^>]*\|[^>]*)>/.exec(flags) ?? [];
  return {
    flag: long ?? flags,
    description,
    takesValue: required || optional,
    choices: argChoices ?? alternatives?.split("|") ?? [],
  };
}
