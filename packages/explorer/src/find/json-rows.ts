/** The JSON in rows, parsed once for all who ask for it. */
import type { Row } from "../feed/cut-rows.ts";
import { isObject, jsonText, parseExactly } from "../state-tables/exact-json.ts";

const decoder = new TextDecoder();
/** What is longer is not looked into, bytes: it would be parsed for each look at a list. */
const PARSED_BYTES = 256 * 1024;
const parsed = new WeakMap<Row, unknown>();

/** The value of a row, with numbers as they were sent; undefined if it is no JSON, or very long. */
export function jsonOf(row: Row): unknown {
  if (parsed.has(row)) return parsed.get(row);
  const value = parse(row.bytes);
  parsed.set(row, value);
  return value;
}

function parse(bytes: Uint8Array): unknown {
  if (bytes.length > PARSED_BYTES) return undefined;
  try {
    return parseExactly(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

/**
 * What is at a place in a value.
 *
 * @param path names of members and numbers of elements, with dots between
 */
export function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((parent, name) => {
    if (Array.isArray(parent)) return /^\d+$/.test(name) ? (parent[Number(name)] as unknown) : undefined;
    return isObject(parent) && Object.hasOwn(parent, name) ? parent[name] : undefined;
  }, value);
}

/** A value as a cell shows it: text as it is, anything else as JSON; empty for what is not there. */
export function valueText(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : jsonText(value);
}

/** Fields are looked for so deep, and so many are offered. */
const DEPTH = 4;
const FIELDS_MAX = 60;

/** The places in the values of these rows that hold no objects, in the order in which they are met. */
export function fieldsOf(rows: readonly Row[]): string[] {
  const found = new Set<string>();
  const walk = (value: unknown, path: string, depth: number): void => {
    if (found.size >= FIELDS_MAX || !isObject(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      // A dot stands between names.
      if (name === "" || name.includes(".")) continue;
      if (isObject(inner) && depth < DEPTH) walk(inner, `${path}${name}.`, depth + 1);
      else if (found.size < FIELDS_MAX) found.add(path + name);
    }
  };
  for (const row of rows) walk(jsonOf(row), "", 1);
  return [...found];
}
