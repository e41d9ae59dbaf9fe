/** Reading the registry as its followers do. */
import { expect } from "vitest";
import type { Http } from "./http.ts";

/** An event of the registry, as the reference's hook writes it. */
export interface RegistryEvent {
  readonly type: string;
  readonly key: string;
  readonly value?: { readonly path: string; readonly contentType: string; readonly createdAt: number };
  readonly headers: Readonly<Record<string, unknown>>;
}

/** All events; none if there is no registry yet. */
export async function registryEvents(http: Http): Promise<readonly RegistryEvent[]> {
  const events: RegistryEvent[] = [];
  for (let from = "-1"; ; ) {
    const page = await http.get("__registry__", `?offset=${from}`);
    if (page.status === 404) return [];
    expect(page.status).toBe(200);
    events.push(...JSON.parse(page.text));
    if (page.headers.get("Stream-Up-To-Date") === "true") return events;
    from = page.next;
  }
}

/** The names that the events leave, sorted. Fails where a name is entered twice, or struck out without being there. */
export function namesIn(events: readonly RegistryEvent[]): readonly string[] {
  const names = new Set<string>();
  for (const { key, headers } of events) {
    const isEntered = names.has(key);
    expect({ key, isEntered, operation: headers.operation }).toEqual({
      ...{ key, isEntered: headers.operation === "delete" },
      operation: headers.operation === "delete" ? "delete" : "insert",
    });
    if (isEntered) names.delete(key);
    else names.add(key);
  }
  return [...names].sort();
}

/** The names of all streams, from the list, sorted. */
export async function listedNames(http: Http): Promise<readonly string[]> {
  const names: string[] = [];
  for (let after: string | undefined = ""; after !== undefined; ) {
    const query: string = `?limit=1000&after=${encodeURIComponent(after)}`;
    const page = JSON.parse((await http.get("__ds/streams", query)).text);
    names.push(...page.streams.map(({ path }: { path: string }) => path));
    after = page.next;
  }
  return names.sort();
}
