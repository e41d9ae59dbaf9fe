import { useNavigate, useParams } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { TreeItem } from "./TreeItem.tsx";
import { foldersOf, matchingRows, type TreeRow, treeRows } from "./tree-rows.ts";
import { useCatalog, useCatalogStore } from "./use-catalog.ts";
import "./stream-tree.css";

const ROW_HEIGHT = 28;
/** With no more streams than this, folders are open until they are closed. */
const ALL_OPEN_STREAMS = 40;

/** The searchable tree of all streams. Only rows in sight are elements. */
export function StreamTree() {
  const catalog = useCatalogStore();
  const { entries } = useCatalog();
  const { _splat: shown } = useParams({ strict: false });
  const navigate = useNavigate();
  const [search, setSearch] = useState("");
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [cursor, setCursor] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);

  const rows = useMemo((): readonly TreeRow[] => {
    if (search.trim() !== "") return matchingRows(entries, search);
    return treeRows(entries, (folder) => toggled.get(folder) ?? entries.length <= ALL_OPEN_STREAMS);
  }, [entries, search, toggled]);
  const at = Math.min(cursor, Math.max(0, rows.length - 1));

  useEffect(() => {
    if (shown === undefined) return;
    setToggled((known) => new Map([...known, ...foldersOf(shown).map((folder) => [folder, true] as const)]));
  }, [shown]);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const first = rows[items[0]?.index ?? 0]?.path;
  const last = rows[items.at(-1)?.index ?? 0]?.path;
  useEffect(() => catalog.watch(first, last), [catalog, first, last]);

  const toggle = (folder: string, isOpen: boolean): void =>
    setToggled((known) => new Map(known).set(folder, isOpen));
  const open = (row: TreeRow): void => {
    if (row.kind === "folder") toggle(row.path, !row.isOpen);
    else void navigate({ to: "/streams/$", params: { _splat: row.path } });
  };
  const moveTo = (index: number): void => {
    const target = Math.max(0, Math.min(rows.length - 1, index));
    setCursor(target);
    virtual.scrollToIndex(target);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[at];
    const action = keyAction(event.key, at, rows, scroller.current?.clientHeight ?? 0);
    if (row === undefined || action === undefined) return;
    event.preventDefault();
    if (action === "open") open(row);
    else if (typeof action === "number") moveTo(action);
    else toggle(row.path, action.isOpen);
  };

  return (
    <>
      <div className="tree-search">
        <input
          type="search"
          aria-label="Search streams"
          placeholder="Search streams   /"
          data-hotkey="search"
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setCursor(0);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") setSearch("");
            if (event.key === "ArrowDown" || event.key === "Enter") {
              event.preventDefault();
              scroller.current?.focus();
            }
          }}
        />
      </div>
      <div
        ref={scroller}
        className="tree"
        role="tree"
        tabIndex={0}
        aria-label="Streams"
        data-hotkey="tree"
        aria-activedescendant={rows.length > 0 ? `tree-${at}` : undefined}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const item = (event.target as Element).closest<HTMLElement>("[data-index]");
          const index = Number(item?.dataset.index ?? -1);
          if (rows[index] === undefined) return;
          setCursor(index);
          open(rows[index]);
        }}
      >
        {rows.length === 0 && (
          <div
            role="treeitem"
            tabIndex={-1}
            aria-disabled="true"
            aria-selected="false"
            className="tree-empty soft"
          >
            {search === "" ? "No streams yet." : "Nothing found."}
          </div>
        )}
        <div className="tree-rows" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => (
            <TreeItem
              key={rows[index]!.kind + rows[index]!.path}
              row={rows[index]!}
              index={index}
              top={start}
              isActive={index === at}
              isShown={rows[index]!.path === shown}
            />
          ))}
        </div>
      </div>
    </>
  );
}

type KeyAction = "open" | number | { readonly isOpen: boolean } | undefined;

/** What a key does at a row: opens it, moves to another, or opens or closes a folder. */
function keyAction(key: string, at: number, rows: readonly TreeRow[], height: number): KeyAction {
  const row = rows[at];
  const page = Math.max(1, Math.floor(height / ROW_HEIGHT) - 1);
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
      return row?.kind === "folder" && !row.isOpen ? { isOpen: true } : at + 1;
    case "ArrowLeft":
      if (row?.kind === "folder" && row.isOpen) return { isOpen: false };
      return rows.findLastIndex(({ depth }, index) => index < at && depth < (row?.depth ?? 0));
    default:
      return undefined;
  }
}
