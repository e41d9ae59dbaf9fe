import type { CollectionDefinition, CollectionWithHelpers, StateSchema } from "./definition.ts";
import { createEventHelpers } from "./event-helpers.ts";

/** Names that a StreamDB has for itself. */
const RESERVED = ["collections", "preload", "close", "utils", "actions"];

/**
 * Defines the collections of a state stream and gives each its makers of changes.
 *
 * @throws Error when a collection has a reserved name, or two collections share a `type`
 * @example
 * ```ts
 * import { createStateSchema } from "@perennial/state";
 * import { z } from "zod";
 * const schema = createStateSchema({
 *   users: { schema: z.object({ id: z.string(), name: z.string() }), type: "user", primaryKey: "id" },
 * });
 * const event = schema.users.insert({ value: { id: "1", name: "Ada" } });
 * console.log(JSON.stringify(event));
 * ```
 */
export function createStateSchema<T extends Record<string, CollectionDefinition>>(
  collections: T,
): StateSchema<T> {
  checkNames(Object.keys(collections));
  checkTypes(Object.entries(collections));
  const schema: Record<string, CollectionWithHelpers> = {};
  for (const [name, definition] of Object.entries(collections)) {
    schema[name] = { ...definition, ...createEventHelpers(definition) };
  }
  return schema as StateSchema<T>;
}

function checkNames(names: readonly string[]): void {
  const reserved = names.find((name) => RESERVED.includes(name));
  if (reserved === undefined) return;
  throw new Error(
    `Reserved collection name "${reserved}" - this would collide with StreamDB properties (${RESERVED.join(", ")})`,
  );
}

function checkTypes(entries: ReadonlyArray<[string, CollectionDefinition]>): void {
  const owners = new Map<string, string>();
  for (const [name, { type }] of entries) {
    const owner = owners.get(type);
    if (owner !== undefined) {
      throw new Error(`Duplicate event type "${type}" - used by both "${owner}" and "${name}" collections`);
    }
    owners.set(type, name);
  }
}
