/** Which entities a table shows, and in which order. */
import type { Query } from "../find/query.ts";
import { cellValue } from "./columns.ts";
import { isObject, SentNumber } from "./exact-json.ts";
import type { Entity } from "./replay.ts";

/** By which column a table is sorted. */
export interface Sort {
  /** A column's name; `undefined`: the key. */
  readonly column: string | undefined;
  readonly isDown: boolean;
}

/** The entities that a query matches, sorted. Without a sort they stay in the order in which they came. */
export function tableView(
  entities: readonly Entity[],
  query: Query | undefined,
  sort: Sort | undefined,
): readonly Entity[] {
  const matching =
    query === undefined ? entities : entities.filter((entity) => query.matchesValue(searched(entity)));
  if (sort === undefined) return matching;
  const { column, isDown } = sort;
  const soughtIn = (entity: Entity): unknown =>
    column === undefined ? entity.key : cellValue(entity, column);
  const keyed = matching.map((entity) => ({ entity, value: comparable(soughtIn(entity)) }));
  keyed.sort((a, b) => compare(a.value, b.value, isDown));
  return keyed.map(({ entity }) => entity);
}

/** What is looked at of an entity: its members, and its key. */
function searched({ key, value }: Entity): unknown {
  return isObject(value) ? { key, ...value } : { key, value };
}

/** A number, a text, or undefined for what has no place in an order. */
function comparable(value: unknown): unknown {
  if (value instanceof SentNumber)
    return /^-?\d+$/.test(value.text) ? BigInt(value.text) : Number(value.text);
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value);
}

/** Numbers before texts, and what is not there last, whichever way the order goes. */
function compare(a: unknown, b: unknown, isDown: boolean): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  const [isText, isOtherText] = [typeof a === "string", typeof b === "string"];
  const order =
    isText === isOtherText
      ? (a as number) < (b as number)
        ? -1
        : (a as number) > (b as number)
          ? 1
          : 0
      : isText
        ? 1
        : -1;
  return isDown ? -order : order;
}

/** The sort that a click at a column's head leads to: up, down, none. */
export function nextSort(sort: Sort | undefined, column: string | undefined): Sort | undefined {
  if (sort === undefined || sort.column !== column) return { column, isDown: false };
  return sort.isDown ? undefined : { column, isDown: true };
}
