import { useEffect, useMemo, useState } from "react";
import { foldersOf, matchingRows, type TreeRow, treeRows } from "./tree-rows.ts";
import { useCatalog } from "./use-catalog.ts";

/** With no more streams than this, folders are open until they are closed. */
const ALL_OPEN_STREAMS = 40;

export interface Tree {
  readonly rows: readonly TreeRow[];
  readonly toggle: (folder: string, isOpen: boolean) => void;
}

/**
 * The rows of the tree, or what a search finds.
 *
 * @param shown the stream that the page shows: the folders around it are opened
 */
export function useTree(search: string, shown: string | undefined): Tree {
  const { entries } = useCatalog();
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  useEffect(() => {
    if (shown === undefined) return;
    setToggled((known) => new Map([...known, ...foldersOf(shown).map((folder) => [folder, true] as const)]));
  }, [shown]);
  const rows = useMemo((): readonly TreeRow[] => {
    if (search.trim() !== "") return matchingRows(entries, search);
    return treeRows(entries, (folder) => toggled.get(folder) ?? entries.length <= ALL_OPEN_STREAMS);
  }, [entries, search, toggled]);
  const toggle = (folder: string, isOpen: boolean): void =>
    setToggled((known) => new Map(known).set(folder, isOpen));
  return { rows, toggle };
}
