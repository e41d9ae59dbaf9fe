/** Readers of option values; each throws a usage failure that names the flag. */
import { EXIT } from "../exit-codes.ts";
import { Failure, usageFailure } from "../failure.ts";
import { GIVEN_BYTE_UNITS, TIME_UNITS } from "../settings/units.ts";
import { missingValue } from "./global-options.ts";

/** A text that is not empty and does not look like the next flag. */
export function requiredText(flag: string, example: string): (value: string) => string {
  return (value) => {
    if (value !== "" && !value.startsWith("--")) return value;
    // An empty value comes from `--flag=`: nobody types `--flag ""`.
    throw new Failure(`Error: ${missingValue(flag, example, value === "")}`, EXIT.usage);
  };
}

/** A whole number from `least` on. */
export function wholeNumber(flag: string, least = 0): (value: string) => number {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : -1;
    if (number >= least) return number;
    throw usageFailure(`${flag} must be a whole number of at least ${least}, not "${value}"`);
  };
}

/** A length of time with a unit (`500ms`, `30s`, `5m`, `2h`), or a bare number in `bareUnit`; in ms. */
export function duration(flag: string, bareUnit: "ms" | "s"): (value: string) => number {
  return (value) => {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(value);
    const unit = TIME_UNITS[match?.[2] ?? bareUnit];
    if (match !== null && unit !== undefined) return Number(match[1]) * unit;
    throw usageFailure(`${flag} must be a time such as 500ms, 30s or 5m, not "${value}"`);
  };
}

/** A number of bytes, bare or with a unit (`64MiB`, `10MB`), 1 to 2^53 - 1. */
export function byteCount(flag: string): (value: string) => number {
  return (value) => {
    const match = /^(\d{1,16})([a-zA-Z]+)?$/.exec(value);
    const unit = match?.[2] === undefined ? 1 : GIVEN_BYTE_UNITS[match[2]];
    const bytes = Number(match?.[1]) * (unit ?? 0);
    if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
    throw usageFailure(`${flag} must be a number of bytes such as 20MiB or 20MB, not "${value}"`);
  };
}
