import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { Icon } from "../design/Icon.tsx";
import { cellText, WHOLE_VALUE } from "./columns.ts";
import { FlashingCell } from "./FlashingCell.tsx";
import type { Entity } from "./replay.ts";
import type { Sort } from "./table-view.ts";

const ROW_HEIGHT = 30;
/** Of a cell at most this many characters. */
const CELL_CHARACTERS = 200;

interface Props {
  readonly type: string;
  readonly entities: readonly Entity[];
  readonly columns: readonly string[];
  readonly sort: Sort | undefined;
  /** Sorts by a column; undefined: by the key. */
  readonly onSort: (column: string | undefined) => void;
  /** Whether what changes in the table has just happened. */
  readonly isLive: boolean;
  /** The key of the row that is chosen. */
  readonly chosen: string | undefined;
  readonly onChoose: (key: string) => void;
}

/** The entities of a type. Only rows in sight are elements; two rows of space stand for the others. */
export function EntityTable({ type, entities, columns, sort, onSort, isLive, chosen, onChoose }: Props) {
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: entities.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <section ref={scroller} className="table-scroller" aria-label={`Table of ${type}`} tabIndex={0}>
      <table className="table state-table">
        <thead>
          <tr>
            <Head name="key" column={undefined} {...{ sort, onSort }} />
            {columns.map((column) => (
              <Head
                key={column}
                name={column === WHOLE_VALUE ? "value" : column}
                {...{ column, sort, onSort }}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Space height={above} columns={columns.length + 1} />}
          {items.map(({ index }) => {
            const entity = entities[index]!;
            const isChosen = entity.key === chosen;
            return <EntityRow key={entity.key} {...{ entity, columns, isLive, isChosen, onChoose }} />;
          })}
          {below > 0 && <Space height={below} columns={columns.length + 1} />}
        </tbody>
      </table>
    </section>
  );
}

interface HeadProps {
  readonly name: string;
  readonly column: string | undefined;
  readonly sort: Sort | undefined;
  readonly onSort: (column: string | undefined) => void;
}

function Head({ name, column, sort, onSort }: HeadProps) {
  const isSorted = sort !== undefined && sort.column === column;
  return (
    <th scope="col" aria-sort={isSorted ? (sort.isDown ? "descending" : "ascending") : undefined}>
      <button type="button" className="table-head" title={`Sort by ${name}`} onClick={() => onSort(column)}>
        {name}
        {isSorted && <Icon name={sort.isDown ? "down" : "up"} />}
      </button>
    </th>
  );
}

function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  return (
    <tr>
      <td className="state-space" colSpan={columns} style={{ height }} />
    </tr>
  );
}

interface RowProps {
  readonly entity: Entity;
  readonly columns: readonly string[];
  readonly isLive: boolean;
  readonly isChosen: boolean;
  readonly onChoose: (key: string) => void;
}

function EntityRow({ entity, columns, isLive, isChosen, onChoose }: RowProps) {
  return (
    <tr
      className={[isChosen && "chosen", entity.isDeleted && "deleted"].filter(Boolean).join(" ") || undefined}
    >
      <th scope="row" className="mono">
        <button type="button" className="entity-key" onClick={() => onChoose(entity.key)}>
          {entity.key}
        </button>
        {entity.isDeleted && <span className="small deleted-mark">deleted</span>}
      </th>
      {columns.map((column) => (
        <FlashingCell
          key={column}
          text={cellText(entity, column).slice(0, CELL_CHARACTERS)}
          isLive={isLive}
        />
      ))}
    </tr>
  );
}
