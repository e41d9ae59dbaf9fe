/** Acts a scenario: reads its commands, does each, and writes down what a client sees. README.md has the language. */
import { type Command, parseCommand } from "./command.ts";
import { Stage } from "./stage.ts";
import type { Theatre } from "./theatre.ts";

/** The whole text of the scenario as it went: the same as given if every line was as written. */
export async function act(script: string, theatre: Theatre): Promise<string> {
  const stage = new Stage(theatre);
  const lines: string[] = [];
  try {
    for (const [index, line] of script.split("\n").entries()) {
      // What was seen the last time is not an input.
      if (line.startsWith("  ")) continue;
      lines.push(line);
      if (!line.startsWith("> ")) continue;
      const seen = await perform(stage, parseCommand(line.slice(2), index + 1));
      lines.push(...seen.map((each) => `  ${each}`));
    }
  } finally {
    stage.clear();
  }
  return lines.join("\n");
}

function perform(stage: Stage, command: Command): Promise<readonly string[]> {
  const action = stage.actions[command.verb];
  if (action === undefined) throw new Error(`line ${command.line}: nobody knows how to ${command.verb}`);
  return action(command);
}
