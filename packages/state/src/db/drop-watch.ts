import type { ChangeEvent } from "../protocol/events.ts";

/** Sees what an update makes of a row. */
export type DropWatch = (change: ChangeEvent, before: object, after: object) => void;

/** Set by bundlers and Node; missing in a page without a bundler. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/**
 * Warns, once, when an update drops fields that the row had: its writer may have counted on a reader that merges. None
 * in production.
 */
export function createDropWatch(): DropWatch | undefined {
  if (!isDevelopment()) return undefined;
  let hasWarned = false;
  return ({ type, key, headers }, before, after) => {
    if (hasWarned || headers.operation !== "update") return;
    const dropped = Object.keys(before).filter((field) => !Object.hasOwn(after, field));
    if (dropped.length === 0) return;
    hasWarned = true;
    console.warn(
      `StreamDB: an update of type=${type}, key=${key} has dropped ${dropped.join(", ")}. Updates replace rows; if ` +
        'those of this stream are parts of rows, use createStreamDB({ updates: "merge" }), else say "replace". ' +
        "This is said once, and not in production.",
    );
  };
}

function isDevelopment(): boolean {
  try {
    // Written as bundlers look for it.
    return process.env.NODE_ENV !== "production";
  } catch {
    return false;
  }
}
