import type { ProgramName } from "./invocation.ts";
import { createProgram } from "./program.ts";

/** The help of the whole program, as `perennial --help` prints it. */
export function getUsageText(name: ProgramName = "perennial"): string {
  const program = createProgram({ name, version: "", globals: () => ({}) });
  let text = "";
  program.configureOutput({ writeOut: (part) => (text += part) });
  program.outputHelp();
  return text;
}
