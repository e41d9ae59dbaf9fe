/** Entities as a table. */
import { valueText } from "../find/json-rows.ts";
import { isObject } from "./exact-json.ts";
import type { Entity } from "./replay.ts";

/** Columns that are offered at most, those of them that are shown unasked, and rows looked at to find them. */
const COLUMNS_MAX = 60;
export const COLUMNS_SHOWN = 12;
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

/** What stands in a cell; undefined for what is not there. */
export function cellValue({ value }: Entity, column: string): unknown {
  if (column === WHOLE_VALUE) return isObject(value) ? undefined : value;
  return isObject(value) && Object.hasOwn(value, column) ? value[column] : undefined;
}

/** What a cell shows: text as it is, anything else as JSON; nothing for what is not there. */
export function cellText(entity: Entity, column: string): string {
  return valueText(cellValue(entity, column));
}
