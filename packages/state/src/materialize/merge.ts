/** `value` with the fields of `before` that it does not have, where both are objects; else `value`. */
export function merged(before: unknown, value: unknown): unknown {
  return isFields(before) && isFields(value) ? { ...before, ...value } : value;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
