/** What keys do in the tree. */
import type { TreeRow } from "./tree-rows.ts";

/** Opens the row, moves to another (by its number), or opens or closes the folder. */
export type TreeAction = "open" | number | { readonly isOpen: boolean };

/**
 * The action of a key; undefined for a key that means nothing here.
 *
 * @param at the number of the row that the keyboard is at
 * @param page rows that are in sight
 */
export function treeAction(
  key: string,
  at: number,
  rows: readonly TreeRow[],
  page: number,
): TreeAction | undefined {
  const row = rows[at];
  if (row === undefined) return undefined;
  switch (key) {
    case "ArrowDown":
    case "j":
      return at + 1;
    case "ArrowUp":
    case "k":
      return at - 1;
    case "PageDown":
      return at + page;
    case "PageUp":
      return at - page;
    case "Home":
      return 0;
    case "End":
      return rows.length - 1;
    case "Enter":
    case " ":
      return "open";
    case "ArrowRight":
      return row.kind === "folder" && !row.isOpen ? { isOpen: true } : at + 1;
    case "ArrowLeft":
      if (row.kind === "folder" && row.isOpen) return { isOpen: false };
      return rows.findLastIndex(({ depth }, index) => index < at && depth < row.depth);
    default:
      return undefined;
  }
}
