/** Rows of a stream as a file that others can read. */
import type { Row, RowKind } from "../feed/cut-rows.ts";
import { fieldsOf, jsonOf, valueAt, valueText } from "../find/json-rows.ts";
import { isObject } from "../state-tables/exact-json.ts";

/** The forms of a file. */
export type Format = "ndjson" | "json" | "csv" | "raw";

/** Turns rows into the pieces of a file, in order. */
export interface Exporter {
  readonly begin: string;
  readonly write: (rows: readonly Row[]) => readonly Uint8Array[];
  readonly end: string;
}

/** What each kind of stream can be taken as; the first is the usual one. */
export const FORMATS: Readonly<Record<RowKind, readonly Format[]>> = {
  json: ["ndjson", "csv", "json"],
  text: ["raw", "ndjson"],
  binary: ["raw"],
};

const decoder = new TextDecoder();
const encoder = new TextEncoder();
const SEPARATOR = encoder.encode(",\n");

/**
 * What writes a file of one form.
 *
 * @param columns of CSV: the fields of messages, in order
 */
export function exporter(format: Format, kind: RowKind, columns: readonly string[]): Exporter {
  switch (format) {
    case "raw":
      return { begin: "", write: (rows) => rows.map(({ bytes }) => bytes), end: "" };
    case "ndjson":
      return {
        begin: "",
        write: (rows) => rows.map((row) => encoder.encode(`${jsonLine(row, kind)}\n`)),
        end: "",
      };
    case "json":
      return jsonArray();
    case "csv":
      return {
        begin: csvLine(["offset", ...columns.map((column) => column || "value")]),
        write: (rows) => rows.map((row) => encoder.encode(csvRow(row, columns))),
        end: "",
      };
  }
}

/** A message on one line, or a line of text as a string. */
function jsonLine({ bytes }: Row, kind: RowKind): string {
  const text = decoder.decode(bytes);
  // Line breaks of a message stand between its parts: those in strings are written as \n.
  return kind === "json" ? text.replace(/[\r\n]+/g, " ") : JSON.stringify(text.replace(/\r?\n$/, ""));
}

function jsonArray(): Exporter {
  let isFirst = true;
  return {
    begin: "[",
    write: (rows) =>
      rows.flatMap(({ bytes }) => {
        const pieces = isFirst ? [bytes] : [SEPARATOR, bytes];
        isFirst = false;
        return pieces;
      }),
    end: "]\n",
  };
}

/** Stands for a message that has no fields, as a whole. */
export const WHOLE = "";

/** Columns of a file at most. */
const COLUMNS_MAX = 200;

/** The columns that rows have, with those that are known already. */
export function columnsWith(known: readonly string[], rows: readonly Row[]): readonly string[] {
  if (known.length >= COLUMNS_MAX) return known;
  const found = new Set(known);
  if (rows.some((row) => !isObject(jsonOf(row)))) found.add(WHOLE);
  for (const field of fieldsOf(rows)) found.add(field);
  return found.size === known.length ? known : [...found].slice(0, COLUMNS_MAX);
}

function csvRow(row: Row, columns: readonly string[]): string {
  const value = jsonOf(row);
  const cells = columns.map((column) => {
    if (column !== WHOLE) return cell(valueAt(value, column));
    return isObject(value) ? "" : value === undefined ? guarded(decoder.decode(row.bytes)) : cell(value);
  });
  return csvLine([String(row.position), ...cells]);
}

function cell(value: unknown): string {
  return typeof value === "string" ? guarded(value) : valueText(value);
}

/** Spreadsheets run what begins like a formula, and strangers write into streams. */
function guarded(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** One line as RFC 4180 has it. */
function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text));
  return `${quoted.join(",")}\r\n`;
}
