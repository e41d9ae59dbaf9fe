import { ok, type Result, reject } from "@perennial/protocol";
import type { Setting } from "./table.ts";
import { GIVEN_BYTE_UNITS, TIME_UNITS } from "./units.ts";

/** A setting's value as the server takes it. */
export type SettingValue = string | number | boolean;

/** The value, or what it must look like. */
export type ParsedValue = Result<SettingValue, string>;

/**
 * Reads a value: text from a flag or a variable, or what a JSON file holds. Ranges are the server's business, not
 * checked here.
 */
export function parseValue(setting: Setting, given: unknown): ParsedValue {
  const text = typeof given === "string" ? given.trim() : undefined;
  switch (setting.kind) {
    case "text":
      return text ? ok(text) : reject("a text that is not empty");
    case "switch":
      return parseSwitch(text ?? given);
    case "choice":
      return text !== undefined && setting.choices?.includes(text)
        ? ok(text)
        : reject(`one of ${setting.choices?.join(", ")}`);
    case "share":
      return parseNumber(text ?? given, {}, "a number");
    case "count":
      return parseNumber(text ?? given, {}, "a number");
    case "milliseconds":
      return parseNumber(
        text ?? given,
        TIME_UNITS,
        "a number of milliseconds, or one with a unit such as 30s",
      );
    case "bytes":
      return parseNumber(
        text ?? given,
        GIVEN_BYTE_UNITS,
        "a number of bytes, or one with a unit such as 64MiB",
      );
  }
}

function parseSwitch(given: unknown): ParsedValue {
  if (given === true || given === "true" || given === "1") return ok(true);
  if (given === false || given === "false" || given === "0") return ok(false);
  return reject("true or false");
}

function parseNumber(given: unknown, units: Readonly<Record<string, number>>, expected: string): ParsedValue {
  if (typeof given === "number") return ok(given);
  const match = typeof given === "string" ? /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(given) : null;
  const unit = match?.[2] ?? "";
  const factor = unit === "" ? 1 : units[unit];
  return match === null || factor === undefined ? reject(expected) : ok(Number(match[1]) * factor);
}
