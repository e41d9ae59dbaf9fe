import type { CompletedFlag, Vocabulary } from "./vocabulary.ts";

/** A completion script for zsh. */
export function zshCompletion({ program, commands, flags }: Vocabulary): string {
  const described = commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`);
  const cases = commands.map(
    ({ name, flags: own }) =>
      `    ${name}) _arguments ${[...own, ...flags].map(argument).join(" ")} '*:file:_files' ;;`,
  );
  return `#compdef ${program}
# zsh completion for ${program}: keep it as _${program} in a directory of $fpath.
_${program}() {
  local curcontext=$curcontext state line
  local -a commands
  commands=(
${described.join("\n")}
  )
  _arguments -C ${flags.map(argument).join(" ")} '1:command:->command' '*::argument:->argument'
  if [[ $state == command ]]; then
    _describe command commands
    return
  fi
  case $line[1] in
${cases.join("\n")}
  esac
}
compdef _${program} ${program}
`;
}

function argument({ flag, description, takesValue, choices }: CompletedFlag): string {
  const value = takesValue ? `:value:${choices.length > 0 ? `(${choices.join(" ")})` : ""}` : "";
  return quoted(`${flag}[${description.replace(/[[\]:\\]/g, "\\$&")}]${value}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
