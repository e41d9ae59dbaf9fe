/** What keys do in the tree. */
import type { TreeRow } from "./tree-rows.ts";

/** Opens the row, moves to another (by its number), or opens or closes the folder. */
export type TreeAction =
  | { readonly kind: "open" }
  | { readonly kind: "move"; readonly to: number }
  | { readonly kind: "toggle"; readonly isOpen: boolean };

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
      return move(at + 1);
    case "ArrowUp":
    case "k":
      return move(at - 1);
    case "PageDown":
      return move(at + page);
    case "PageUp":
      return move(at - page);
    case "Home":
      return move(0);
    case "End":
      return move(rows.length - 1);
    case "Enter":
    case " ":
      return { kind: "open" };
    case "ArrowRight":
      return row.kind === "folder" && !row.isOpen ? { kind: "toggle", isOpen: true } : move(at + 1);
    case "ArrowLeft":
      if (row.kind === "folder" && row.isOpen) return { kind: "toggle", isOpen: false };
      return move(rows.findLastIndex(({ depth }, index) => index < at && depth < row.depth));
    default:
      return undefined;
  }
}

function move(to: number): TreeAction {
  return { kind: "move", to };
}
