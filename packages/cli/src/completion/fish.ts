import type { CompletedFlag, Vocabulary } from "./vocabulary.ts";

/** A completion script for fish. */
export function fishCompletion({ program, commands, flags }: Vocabulary): string {
  const start = `complete -c ${program}`;
  const lines = [`# fish completion for ${program}: keep it in ~/.config/fish/completions/${program}.fish`];
  for (const { name, description } of commands) {
    lines.push(`${start} -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`);
  }
  for (const flag of flags) lines.push(`${start} ${rendered(flag)}`);
  for (const { name, flags: own } of commands) {
    for (const flag of own) lines.push(`${start} -n '__fish_seen_subcommand_from ${name}' ${rendered(flag)}`);
  }
  return `${lines.join("\n")}\n`;
}

function rendered({ flag, description, takesValue, choices }: CompletedFlag): string {
  const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(" "))}` : takesValue ? " -r" : "";
  return `-l ${flag.replace(/^--/, "")}${value} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
