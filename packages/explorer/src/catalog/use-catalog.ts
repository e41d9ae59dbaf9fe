import { useContext, useEffect, useSyncExternalStore } from "react";
import { CatalogContext } from "./CatalogProvider.tsx";
import type { Catalog, CatalogSnapshot } from "./catalog.ts";
import { firstAtOrAfter, type StreamEntry } from "./merge-page.ts";

/** The page's catalogue, to tell it something. */
export function useCatalogStore(): Catalog {
  const catalog = useContext(CatalogContext);
  if (catalog === undefined) throw new Error("there is no CatalogProvider around this component");
  return catalog;
}

/** All streams, as they are known now. */
export function useCatalog(): CatalogSnapshot {
  const catalog = useCatalogStore();
  return useSyncExternalStore(catalog.subscribe, catalog.snapshot);
}

/** Keeps what the list says about a stream fresh, for as long as the component is there. */
export function usePinnedStream(path: string): void {
  const catalog = useCatalogStore();
  useEffect(() => catalog.pin(path), [catalog, path]);
}

/** What the list says about one stream; undefined if it is not known (yet). */
export function useListedStream(path: string): StreamEntry | undefined {
  const { entries } = useCatalog();
  const entry = entries[firstAtOrAfter(entries, path)];
  return entry?.path === path ? entry : undefined;
}
