import { z } from "zod";
import type { Desk } from "../desk.ts";

/** What a tool says to the model, and in a few words to people. */
export interface ToolResult {
  readonly result: unknown;
  readonly summary: string;
}

/** Something that the model can do with the document. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its input. */
  readonly schema: Record<string, unknown>;
  /** Never throws: what does not work is told to the model. */
  run(desk: Desk, input: unknown): ToolResult;
}

/** Makes a tool of a function whose input is checked first. */
export function tool<Input>(
  name: string,
  description: string,
  input: z.ZodType<Input>,
  use: (desk: Desk, input: Input) => ToolResult,
): Tool {
  const { $schema: _, ...schema } = z.toJSONSchema(input);
  return {
    name,
    description,
    schema,
    run(desk, given) {
      const parsed = input.safeParse(given);
      return parsed.success ? use(desk, parsed.data) : failed(z.prettifyError(parsed.error));
    },
  };
}

/** What a tool answers when it could not do what was asked. */
export function failed(error: string): ToolResult {
  return { result: { error }, summary: error };
}
