/** What changed between two JSON values. */
import { isObject, jsonText } from "./exact-json.ts";

/** One place that differs. */
export interface Difference {
  /** Names from the outside in, joined by dots; empty for the value as a whole. */
  readonly path: string;
  /** JSON text; undefined: it was not there. */
  readonly before: string | undefined;
  /** JSON text; undefined: it is not there any more. */
  readonly after: string | undefined;
}

/** Differences shown of one change at most. */
const DIFFERENCES_MAX = 100;

/**
 * The places where two values differ: members of objects one by one, anything else as a whole. undefined stands for a
 * value that is not there.
 */
export function differences(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = [];
  compare(before, after, [], found);
  return found.slice(0, DIFFERENCES_MAX);
}

function compare(before: unknown, after: unknown, path: readonly string[], found: Difference[]): void {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    for (const name of names) compare(own(before, name), own(after, name), [...path, name], found);
    return;
  }
  const texts = { before: textOf(before), after: textOf(after) };
  if (texts.before !== texts.after) found.push({ path: path.join("."), ...texts });
}

function own(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : jsonText(value);
}
