import type { ChangeEvent, Operation } from "../protocol/events.ts";
import type { AddedHeaders, CollectionDefinition, CollectionEventHelpers } from "./definition.ts";
import { withoutAddedFields } from "./row-fields.ts";
import { validateNow } from "./validate.ts";

interface Params<T> {
  key?: string;
  value: T;
  oldValue?: T;
  headers?: AddedHeaders;
}

/**
 * The makers of changes for one collection. Values are validated and the schema's output is what goes into the event.
 * The helpers throw, since a wrong value here is the caller's own.
 */
export function createEventHelpers<T>(definition: CollectionDefinition<T>): CollectionEventHelpers<T> {
  const withValue = (operation: Operation, params: Params<T>): ChangeEvent<T> => {
    const value = validated(definition, params.value, operation);
    const oldValue = validatedOld(definition, params.oldValue, operation);
    const key = params.key ?? keyOf(value, definition.primaryKey);
    if (key === undefined) throw new Error(missingKey(definition, operation));
    return {
      type: definition.type,
      key,
      value,
      ...(oldValue === undefined ? {} : { old_value: oldValue }),
      headers: { ...params.headers, operation },
    };
  };
  return {
    insert: (params) => withValue("insert", params),
    update: (params) => withValue("update", params),
    upsert: (params) => withValue("upsert", params),
    delete: (params) => deletion(definition, params),
  };
}

function deletion<T>(definition: CollectionDefinition<T>, params: Omit<Params<T>, "value">): ChangeEvent<T> {
  const oldValue = validatedOld(definition, params.oldValue, "delete");
  const key = params.key ?? keyOf(oldValue, definition.primaryKey);
  if (key === undefined) {
    throw new Error(
      `Cannot create ${definition.type} delete event: must provide either 'key' or 'oldValue' with a ${definition.primaryKey} field`,
    );
  }
  return {
    type: definition.type,
    key,
    ...(oldValue === undefined ? {} : { old_value: oldValue }),
    headers: { ...params.headers, operation: "delete" },
  };
}

function validated<T>(definition: CollectionDefinition<T>, value: T, what: string): T {
  const result = validateNow(definition.schema, withoutAddedFields(value));
  if (result.kind === "rejected")
    throw new Error(`Validation failed for ${definition.type} ${what}: ${result.rejection}`);
  return result.value as T;
}

function validatedOld<T>(
  definition: CollectionDefinition<T>,
  oldValue: T | undefined,
  what: string,
): T | undefined {
  return oldValue === undefined ? undefined : validated(definition, oldValue, `${what} (oldValue)`);
}

function keyOf(value: unknown, primaryKey: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const key = (value as Record<string, unknown>)[primaryKey];
  return key === undefined || key === null || key === "" ? undefined : String(key);
}

function missingKey(definition: CollectionDefinition, operation: Operation): string {
  return `Cannot create ${definition.type} ${operation} event: must provide either 'key' or a value with a non-empty '${definition.primaryKey}' field`;
}
