/** What reading adds to a row: `_seq` by StreamDB, the rest by TanStack DB. */
const ADDED_FIELDS = ["_seq", "$synced", "$origin", "$key", "$collectionId", "$hasPendingWrites"];

/** A value without the fields that reading added, so that a row can be spread into a new event. */
export function withoutAddedFields<T>(value: T): T {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (!ADDED_FIELDS.some((field) => Object.hasOwn(value, field))) return value;
  const row = { ...value } as Record<string, unknown>;
  for (const field of ADDED_FIELDS) delete row[field];
  return row as T;
}
