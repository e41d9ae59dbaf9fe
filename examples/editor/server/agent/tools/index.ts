import { MOVING } from "./moving.ts";
import { READING } from "./reading.ts";
import type { Tool } from "./tool.ts";
import { WRITING } from "./writing.ts";

/** All that the model can do with a document, by name. */
export const TOOLS: ReadonlyMap<string, Tool> = new Map(
  [...READING, ...MOVING, ...WRITING].map((each) => [each.name, each]),
);
