import { Argument, Command } from "commander";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { type Vocabulary, vocabularyOf } from "../completion/vocabulary.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { writeOut } from "../output/standard-output.ts";

const SHELLS: Readonly<Record<string, (vocabulary: Vocabulary) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `completion <shell>`: a script by which a shell completes commands and flags. */
export function completionCommand(program: Command): Command {
  return new Command("completion")
    .description("print a completion script for a shell")
    .addArgument(new Argument("<shell>").choices(Object.keys(SHELLS)))
    .addHelpText(
      "after",
      `
Examples:
  source <(perennial completion bash)                                     # bash, this session
  perennial completion zsh > "\${fpath[1]}/_perennial"                      # zsh
  perennial completion fish > ~/.config/fish/completions/perennial.fish   # fish`,
    )
    .action((shell: string) => writeOut(SHELLS[shell]!(vocabularyOf(program))));
}
