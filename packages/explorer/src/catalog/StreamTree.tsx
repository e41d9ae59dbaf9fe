import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { STREAM_PAGE } from "../app/stream-addresses.ts";
import { FoundStreams } from "../manage/FoundStreams.tsx";
import { parseStreamSearch } from "../stream/stream-search.ts";
import { TreeList } from "./TreeList.tsx";
import { TreeSearch } from "./TreeSearch.tsx";
import type { TreeRow } from "./tree-rows.ts";
import { useCatalog } from "./use-catalog.ts";
import { useTree } from "./use-tree.ts";
import "./stream-tree.css";

/** The searchable tree of all streams. */
export function StreamTree() {
  const { path: shown } = parseStreamSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const [search, setSearch] = useState("");
  const [cursor, setCursor] = useState(0);
  const { rows, toggle } = useTree(search, shown);
  const { isComplete } = useCatalog();
  const list = useRef<HTMLDivElement>(null);
  const open = (row: TreeRow): void => {
    if (row.kind === "folder") toggle(row.path, !row.isOpen);
    else void navigate({ to: STREAM_PAGE, search: { path: row.path } });
  };
  return (
    <>
      <TreeSearch
        search={search}
        onSearch={(text) => {
          setSearch(text);
          setCursor(0);
        }}
        onLeave={() => list.current?.focus()}
      />
      {search !== "" && <FoundStreams rows={rows} />}
      <TreeList
        ref={list}
        rows={rows}
        shown={shown}
        cursor={Math.min(cursor, Math.max(0, rows.length - 1))}
        empty={!isComplete ? "Loading…" : search === "" ? "No streams yet." : "Nothing found."}
        onMove={setCursor}
        onOpen={open}
        onToggle={toggle}
      />
    </>
  );
}
