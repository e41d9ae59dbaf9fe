import { createInterface } from "node:readline";
import { Adapter } from "./adapter.ts";
import type { Command } from "./commands.ts";

/** Reads commands from standard input, a JSON object per line, and answers each with one line on standard output. */
const adapter = new Adapter();

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue;
  const command = JSON.parse(line) as Command;
  process.stdout.write(`${escapeLineSeparators(JSON.stringify(await adapter.execute(command)))}\n`);
  if (command.type === "shutdown") break;
}
process.exit(0);

/** Two characters that JSON allows and line readers may split at. */
function escapeLineSeparators(json: string): string {
  return json.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
