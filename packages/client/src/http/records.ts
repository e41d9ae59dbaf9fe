import type { ParamsRecord } from "../options.ts";
import { present } from "./defaults.ts";

/** Calls the functions of a record, one after the other in the order of its keys, and drops what is `undefined`. */
export async function resolveRecord(record: ParamsRecord | undefined): Promise<Record<string, string>> {
  const resolved: Record<string, string | undefined> = {};
  for (const key in record) {
    const value = record[key];
    resolved[key] = typeof value === "function" ? await value() : value;
  }
  return present(resolved);
}

/** Headers of the protocol; those that are undefined are not sent. */
export type ProtocolHeaders = Readonly<Record<string, string | number | true | undefined>>;

/** Headers of the protocol as `fetch` takes them. */
export function headersOf(headers: ProtocolHeaders = {}): Record<string, string> {
  const sent = present(headers);
  return Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, String(value)]));
}

/**
 * Merges headers whose names compare ignoring case; later ones win and bring their own spelling. Two spellings of a
 * name in one record would be joined into one value by `Headers`, which no server understands.
 */
export function mergeHeaders<T extends ParamsRecord[string]>(
  ...records: readonly ({ readonly [name: string]: T } | undefined)[]
): Record<string, T> {
  const byName = new Map<string, readonly [string, T]>();
  for (const record of records) {
    for (const name in record) byName.set(name.toLowerCase(), [name, record[name] as T]);
  }
  return Object.fromEntries(byName.values());
}
