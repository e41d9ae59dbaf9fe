/** Entities as a table. */
import { isObject, jsonText } from "./exact-json.ts";
import type { Entity } from "./replay.ts";

/** Columns shown at most, and rows looked at to find them. */
const COLUMNS_MAX = 12;
const SAMPLE_ROWS = 200;

/** Stands for the whole value, where values are no objects. */
export const WHOLE_VALUE = "";

/** The names of the columns: members of the values, in the order in which they are met. */
export function columnsOf(entities: readonly Entity[]): string[] {
  const names = new Set<string>();
  for (const { value } of entities.slice(0, SAMPLE_ROWS)) {
    if (!isObject(value)) names.add(WHOLE_VALUE);
    else for (const name of Object.keys(value)) names.add(name);
  }
  return [...names].slice(0, COLUMNS_MAX);
}

/** What a cell shows: text as it is, anything else as JSON; nothing for what is not there. */
export function cellText({ value }: Entity, column: string): string {
  if (column === WHOLE_VALUE) return isObject(value) ? "" : shown(value);
  return isObject(value) && Object.hasOwn(value, column) ? shown(value[column]) : "";
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : jsonText(value);
}
