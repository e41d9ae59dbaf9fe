import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, type RefObject, useEffect } from "react";
import { TreeItem } from "./TreeItem.tsx";
import { treeAction } from "./tree-keys.ts";
import type { TreeRow } from "./tree-rows.ts";
import { useCatalogStore } from "./use-catalog.ts";

const ROW_HEIGHT = 28;

interface Props {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly rows: readonly TreeRow[];
  /** The path of the stream that the page shows. */
  readonly shown: string | undefined;
  /** The number of the row that the keyboard is at. */
  readonly cursor: number;
  /** What to say when there are no rows. */
  readonly empty: string;
  readonly onMove: (cursor: number) => void;
  readonly onOpen: (row: TreeRow) => void;
  readonly onToggle: (folder: string, isOpen: boolean) => void;
}

/** The rows of the tree, of which those in sight are elements. The catalogue is told which these are. */
export function TreeList({ ref, rows, shown, cursor, empty, onMove, onOpen, onToggle }: Props) {
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => ref.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  useWatch(rows[items[0]?.index ?? 0]?.path, rows[items.at(-1)?.index ?? 0]?.path);
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((ref.current?.clientHeight ?? 0) / ROW_HEIGHT) - 1);
    const action = treeAction(event.key, cursor, rows, page);
    if (action === undefined) return;
    event.preventDefault();
    if (action.kind === "open") onOpen(rows[cursor]!);
    else if (action.kind === "toggle") onToggle(rows[cursor]!.path, action.isOpen);
    else {
      const target = Math.max(0, Math.min(rows.length - 1, action.to));
      onMove(target);
      virtual.scrollToIndex(target);
    }
  };
  const onClick = (event: MouseEvent): void => {
    const item = (event.target as Element).closest<HTMLElement>("[data-index]");
    const index = Number(item?.dataset.index ?? -1);
    if (rows[index] === undefined) return;
    onMove(index);
    onOpen(rows[index]);
  };
  return (
    <div
      ref={ref}
      className="tree"
      role="tree"
      tabIndex={0}
      aria-label="Streams"
      data-hotkey="tree"
      aria-activedescendant={rows.length > 0 ? `tree-${cursor}` : undefined}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      {rows.length === 0 && <NoStreams words={empty} />}
      <div className="tree-rows" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => (
          <TreeItem
            key={rows[index]!.kind + rows[index]!.path}
            row={rows[index]!}
            index={index}
            top={start}
            isActive={index === cursor}
            isShown={rows[index]!.path === shown}
          />
        ))}
      </div>
    </div>
  );
}

/** Tells the catalogue what is in sight, so that it looks there often. */
function useWatch(first: string | undefined, last: string | undefined): void {
  const catalog = useCatalogStore();
  useEffect(() => catalog.watch(first, last), [catalog, first, last]);
}

/** An item, since a tree must have one. */
function NoStreams({ words }: { readonly words: string }) {
  return (
    <div role="treeitem" tabIndex={-1} aria-disabled="true" aria-selected="false" className="tree-empty soft">
      {words}
    </div>
  );
}
