import type { StandardSchemaV1 } from "@standard-schema/spec";

/** What a schema made of a value: its own output, with defaults and transforms, or what is wrong. */
export type Validation = { readonly value: unknown } | { readonly problem: string };

/**
 * Validates a value at once. A schema that answers with a promise is a problem, not a pass: whoever makes an event
 * needs to know now.
 */
export function validateNow(schema: StandardSchemaV1, value: unknown): Validation {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) {
    result.catch(() => {});
    return { problem: "the schema validates asynchronously, which is not supported here" };
  }
  if (result.issues === undefined || result.issues === null) return { value: result.value };
  return { problem: describe(result.issues) };
}

function describe(issues: ReadonlyArray<StandardSchemaV1.Issue>): string {
  const messages = Array.isArray(issues) ? issues.map((issue) => issue.message) : [];
  return messages.length === 0 ? "Unknown validation error" : messages.join(", ");
}
