/** Conditions on fields, such as `role=user` and `usage.total>=100`. */
import { SentNumber } from "../state-tables/exact-json.ts";
import { valueAt, valueText } from "./json-rows.ts";

export interface Comparison {
  /** Where the field is, with dots between names. */
  readonly path: string;
  readonly operator: "=" | "!=" | "~" | "<" | "<=" | ">" | ">=";
  readonly operand: string;
}

const COMPARISON = /([^\s"=!~<>]+)(!=|<=|>=|[=~<>])("(?:[^"\\]|\\.)*"|\S*)(?=\s|$)/y;

/** A text that is conditions from its beginning to its end; undefined for any other. */
export function parseComparisons(text: string): readonly Comparison[] | undefined {
  const found: Comparison[] = [];
  for (let at = 0; at < text.length; ) {
    COMPARISON.lastIndex = at;
    const match = COMPARISON.exec(text);
    if (match === null) return undefined;
    const [whole, path, operator, operand] = match as unknown as [
      string,
      string,
      Comparison["operator"],
      string,
    ];
    found.push({ path, operator, operand: unquoted(operand) });
    at += whole.length;
    while (/\s/.test(text[at] ?? "")) at++;
  }
  return found.length > 0 ? found : undefined;
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text;
}

/** Whether a value meets a condition. A field that is not there is unlike anything. */
export function meets(value: unknown, { path, operator, operand }: Comparison): boolean {
  const found = valueAt(value, path);
  if (operator === "!=") return !isEqual(found, operand);
  if (found === undefined) return false;
  if (operator === "=") return isEqual(found, operand);
  if (operator === "~") return valueText(found).toLowerCase().includes(operand.toLowerCase());
  return isOrdered(found, operator, operand);
}

function isEqual(found: unknown, operand: string): boolean {
  if (found === undefined) return false;
  if (valueText(found) === operand) return true;
  const number = found instanceof SentNumber ? Number(found.text) : found;
  // 1.50 is 1.5, but 9007199254740993 is not …992.
  return (
    typeof number === "number" &&
    Math.abs(number) < 2 ** 53 &&
    isNumber(operand) &&
    Number(operand) === number
  );
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && !Number.isNaN(Number(text));
}

function isOrdered(found: unknown, operator: "<" | "<=" | ">" | ">=", operand: string): boolean {
  const number = found instanceof SentNumber ? Number(found.text) : found;
  const areNumbers = typeof number === "number" && isNumber(operand);
  const [left, right] = areNumbers ? [number, Number(operand)] : [valueText(found), operand];
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}
