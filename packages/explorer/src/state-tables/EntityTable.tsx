import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { cellText, columnsOf, WHOLE_VALUE } from "./columns.ts";
import type { Entity, Replay } from "./replay.ts";

const ROW_HEIGHT = 30;

interface Props {
  readonly replay: Replay;
  /** Where the replay is: it changes whenever the replay does. */
  readonly position: number;
  readonly type: string;
  /** The key of the row that is chosen. */
  readonly chosen: string | undefined;
  readonly onChoose: (key: string) => void;
}

/** The entities of a type. Only rows in sight are elements; two rows of space stand for the others. */
export function EntityTable({ replay, position, type, chosen, onChoose }: Props) {
  const scroller = useRef<HTMLElement>(null);
  const { entities, columns } = useMemo(() => {
    const list = replay.entities(type);
    return { entities: list, columns: columnsOf(list), position };
  }, [replay, type, position]);
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
            <th scope="col">key</th>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column === WHOLE_VALUE ? "value" : column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Space height={above} columns={columns.length + 1} />}
          {items.map(({ index }) => {
            const entity = entities[index]!;
            const isChosen = entity.key === chosen;
            return <EntityRow key={entity.key} {...{ entity, columns, isChosen, onChoose }} />;
          })}
          {below > 0 && <Space height={below} columns={columns.length + 1} />}
        </tbody>
      </table>
    </section>
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
  readonly isChosen: boolean;
  readonly onChoose: (key: string) => void;
}

function EntityRow({ entity, columns, isChosen, onChoose }: RowProps) {
  return (
    <tr className={isChosen ? "chosen" : undefined}>
      <th scope="row" className="mono">
        <button type="button" className="entity-key" onClick={() => onChoose(entity.key)}>
          {entity.key}
        </button>
      </th>
      {columns.map((column) => (
        <td key={column} className="mono">
          {cellText(entity, column).slice(0, 200)}
        </td>
      ))}
    </tr>
  );
}
