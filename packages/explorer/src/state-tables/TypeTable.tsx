import { useMemo, useState } from "react";
import { ColumnPicker } from "../design/ColumnPicker.tsx";
import { SearchField } from "../design/SearchField.tsx";
import { parseQuery } from "../find/query.ts";
import { formatCount } from "../format/sizes.ts";
import { COLUMNS_SHOWN, columnsOf, WHOLE_VALUE } from "./columns.ts";
import { EntityTable } from "./EntityTable.tsx";
import { RowHistory } from "./RowHistory.tsx";
import type { Replay } from "./replay.ts";
import { nextSort, type Sort, tableView } from "./table-view.ts";

interface Props {
  readonly replay: Replay;
  /** Where the replay is: it changes whenever the replay does. */
  readonly position: number;
  readonly type: string;
  readonly isLive: boolean;
}

/** The table of a type, with what chooses its rows and columns, and the history of the row that is chosen. */
export function TypeTable({ replay, position, type, isLive }: Props) {
  const [key, setKey] = useState<string>();
  const [chosenColumns, setColumns] = useState<readonly string[]>([]);
  const [text, setText] = useState("");
  const [sort, setSort] = useState<Sort>();
  const [hasDeleted, setDeleted] = useState(false);
  const table = useTable({ replay, position, type, text, sort, hasDeleted });
  const columns = chosenColumns.length > 0 ? chosenColumns : table.columns.slice(0, COLUMNS_SHOWN);
  return (
    <>
      <div className="panel-tools state-tools">
        <RowFilter
          {...{ type, text, problem: table.problem, count: table.entities.length }}
          onChange={setText}
        />
        <span className="spacer" />
        <DeletedButton isOn={hasDeleted} count={table.deletedCount} onChange={setDeleted} />
        <ColumnPicker
          fields={table.columns.filter((column) => column !== WHOLE_VALUE)}
          chosen={chosenColumns}
          onChoose={setColumns}
          empty="No row here has fields."
        />
      </div>
      <div className="state">
        <EntityTable
          {...{ type, columns, sort, isLive }}
          entities={table.entities}
          onSort={(column) => setSort(nextSort(sort, column))}
          chosen={key}
          onChoose={setKey}
        />
        {key !== undefined && (
          <RowHistory key={`${type} ${key}`} type={type} entity={key} onClose={() => setKey(undefined)} />
        )}
      </div>
    </>
  );
}

interface DeletedProps {
  readonly isOn: boolean;
  readonly count: number;
  readonly onChange: (isOn: boolean) => void;
}

function DeletedButton({ isOn, count, onChange }: DeletedProps) {
  if (!isOn && count === 0) return null;
  return (
    <button type="button" aria-pressed={isOn} onClick={() => onChange(!isOn)}>
      Deleted <span className="soft">{formatCount(count)}</span>
    </button>
  );
}

interface FilterProps {
  readonly type: string;
  readonly text: string;
  readonly problem: string | undefined;
  /** Rows that are left. */
  readonly count: number;
  readonly onChange: (text: string) => void;
}

function RowFilter({ type, text, problem, count, onChange }: FilterProps) {
  return (
    <>
      <SearchField
        label={`Filter ${type}`}
        hotkey={{ key: "f", target: "search-messages" }}
        value={text}
        onChange={onChange}
        onKeyDown={(event) => event.key === "Escape" && onChange("")}
      />
      {problem !== undefined && (
        <span className="small error" role="alert">
          {problem}
        </span>
      )}
      {problem === undefined && text !== "" && (
        <span className="small soft">
          {formatCount(count)} {count === 1 ? "row" : "rows"}
        </span>
      )}
    </>
  );
}

interface TableQuery {
  readonly replay: Replay;
  readonly position: number;
  readonly type: string;
  readonly text: string;
  readonly sort: Sort | undefined;
  readonly hasDeleted: boolean;
}

function useTable({ replay, position, type, text, sort, hasDeleted }: TableQuery) {
  const query = useMemo(() => parseQuery(text, "json"), [text]);
  const known = useMemo(() => {
    const entities = replay.entities(type);
    const deleted = replay.deleted(type);
    return { entities, deleted, columns: columnsOf(entities.length > 0 ? entities : deleted), position };
  }, [replay, type, position]);
  const entities = useMemo(() => {
    const all = hasDeleted ? [...known.entities, ...known.deleted] : known.entities;
    return tableView(all, query?.kind === "query" ? query : undefined, sort);
  }, [known, query, sort, hasDeleted]);
  return {
    entities,
    columns: known.columns,
    deletedCount: known.deleted.length,
    problem: query?.kind === "rejected" ? query.rejection : undefined,
  };
}
