/** A language model as the agent sees it. */

/** Something that the model wants done. */
export interface Call {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** What was said, in order. After a turn of the agent with calls comes one turn with all their results. */
export type Turn =
  | { readonly kind: "person"; readonly text: string }
  | { readonly kind: "agent"; readonly text: string; readonly calls: readonly Call[] }
  | {
      readonly kind: "results";
      readonly results: readonly { readonly id: string; readonly result: string }[];
    };

export type ModelEvent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "call"; readonly call: Call };

/** A tool as it is told to a model. */
export interface ToolDescription {
  readonly name: string;
  readonly description: string;
  readonly schema: Record<string, unknown>;
}

export interface Step {
  readonly instructions: string;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolDescription[];
  readonly signal: AbortSignal;
}

/** Says what comes next, piece by piece. Throws when it cannot. */
export interface Model {
  readonly name: string;
  next(step: Step): AsyncIterable<ModelEvent>;
}
