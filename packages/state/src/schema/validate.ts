import type { StandardSchemaV1 } from "@standard-schema/spec";
import { type Result, reject } from "../result.ts";

/** What a schema made of a value: its own output, with defaults and transforms, or what is wrong. */
export type Validation = Result<unknown, string>;

/**
 * Validates a value at once. A schema that answers with a promise is a problem, not a pass: whoever makes an event
 * needs to know now.
 */
export function validateNow(schema: StandardSchemaV1, value: unknown): Validation {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) {
    result.catch(() => {});
    return reject("the schema validates asynchronously, which is not supported here");
  }
  if (result.issues === undefined || result.issues === null) return { kind: "ok", value: result.value };
  return reject(describe(result.issues));
}

function describe(issues: ReadonlyArray<StandardSchemaV1.Issue>): string {
  const messages = Array.isArray(issues) ? issues.map((issue) => issue.message) : [];
  return messages.length === 0 ? "Unknown validation error" : messages.join(", ");
}
