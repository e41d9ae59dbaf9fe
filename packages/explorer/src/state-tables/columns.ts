/** Entities as a table. */
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
    if (typeof value !== "object" || value === null || Array.isArray(value)) names.add(WHOLE_VALUE);
    else for (const name of Object.keys(value)) names.add(name);
  }
  return [...names].slice(0, COLUMNS_MAX);
}

/** What a cell shows: text as it is, anything else as JSON; nothing for what is not there. */
export function cellText({ value }: Entity, column: string): string {
  const isWhole = typeof value !== "object" || value === null || Array.isArray(value);
  if (column === WHOLE_VALUE) return isWhole ? shown(value) : "";
  return isWhole || !Object.hasOwn(value, column) ? "" : shown((value as Record<string, unknown>)[column]);
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
