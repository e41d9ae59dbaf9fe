import { formatBytes, formatCount, formatRate } from "../format/sizes.ts";
import type { TreeRow } from "./tree-rows.ts";

interface Props {
  readonly row: TreeRow;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  /** Whether the keyboard is at it. */
  readonly isActive: boolean;
  /** Whether the page shows this stream. */
  readonly isShown: boolean;
}

/**
 * One row of the tree: a folder, or a stream with its size and how fast it grows. The tree around it has the focus, the
 * keys and the clicks.
 */
export function TreeItem({ row, index, top, isActive, isShown }: Props) {
  const isFolder = row.kind === "folder";
  const { size, rate } = isFolder ? row : row.entry;
  const classes = ["tree-item", row.kind, isActive && "active", isShown && "shown"].filter(Boolean).join(" ");
  return (
    <div
      id={`tree-${index}`}
      data-index={index}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.depth + 1}
      aria-selected={isShown}
      {...(isFolder && { "aria-expanded": row.isOpen })}
      className={classes}
      style={{ transform: `translateY(${top}px)`, paddingLeft: 4 + row.depth * 14 }}
      title={row.kind === "stream" ? row.entry.path : undefined}
    >
      <span className={`tree-mark ${markOf(row)}`} aria-hidden="true" />
      <span className="tree-name">{row.name}</span>
      {rate > 0.5 && <span className="tree-rate">{formatRate(rate)}</span>}
      <span className="tree-size">{isFolder ? formatCount(row.count) : formatBytes(size)}</span>
    </div>
  );
}

function markOf(row: TreeRow): string {
  if (row.kind === "folder") return row.isOpen ? "open" : "closed-folder";
  if (row.entry.closed) return "ended";
  return row.entry.forkedFrom === undefined ? "plain" : "fork";
}
