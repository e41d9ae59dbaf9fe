import { addErrors, countErrors, type Errors } from "../load/result.ts";
import { type Summary, summarise } from "../measure/statistics.ts";
import type { Row } from "../results.ts";
import type { FigureName } from "./figures.ts";

/** The median and range of a figure over the rounds of a row; undefined if no round has it. */
export function figureOf(row: Row, name: FigureName): Summary | undefined {
  const values = row.samples.map((sample) => sample.figures[name]).filter((value) => value !== undefined);
  return summarise(values);
}

/** All that went wrong in a row, rounds that failed as a whole included. */
export function errorsOf(row: Row): Errors {
  return addErrors(...row.samples.map((sample) => sample.errors), { "failed rounds": row.failures.length });
}

/** True if nothing went wrong in any round: only such a row can win. */
export function isClean(row: Row): boolean {
  return countErrors(errorsOf(row)) === 0;
}

/** The rows of one table each: grouped by workload and variant, in the order they came. */
export function groupRows(rows: readonly Row[]): readonly (readonly Row[])[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.workload} ${row.variant}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
