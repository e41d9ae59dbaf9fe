import type { CompletedFlag, Vocabulary } from "./vocabulary.ts";

/** A completion script for bash 4 and newer. */
export function bashCompletion({ program, commands, flags }: Vocabulary): string {
  const names = commands.map(({ name }) => name);
  const byCommand = commands.map(
    ({ name, flags: own }) => `    ${name}) words="${words([...own, ...flags])}" ;;`,
  );
  const all = [...flags, ...commands.flatMap((command) => command.flags)];
  return `# bash completion for ${program}: source it, or keep it in a directory that bash-completion reads.
_${program}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= words= word
  case $previous in
${choiceCases(all)}
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${names.join("|")}) command=$word; break ;; esac
  done
  case $command in
    "") words="${names.join(" ")} ${words(flags)}" ;;
${byCommand.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${program} ${program}
`;
}

function words(flags: readonly CompletedFlag[]): string {
  return [...new Set(flags.map(({ flag }) => flag))].join(" ");
}

/** After a flag whose values are known come these; after any other that takes one, files. */
function choiceCases(flags: readonly CompletedFlag[]): string {
  const cases = new Map<string, string>();
  for (const { flag, takesValue, choices } of flags) {
    if (!takesValue) continue;
    const reply =
      choices.length > 0 ? `COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current")); ` : "";
    cases.set(flag, `    ${flag}) ${reply}return ;;`);
  }
  return [...cases.values()].join("\n");
}
