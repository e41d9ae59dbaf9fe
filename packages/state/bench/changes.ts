/** A change as it goes over the wire. */
export interface Change {
  readonly type: string;
  readonly key: string;
  readonly value?: object;
  readonly headers: { readonly operation: "insert" | "update" | "delete" };
}

/**
 * Changes of `rows` entities in turn: each is inserted, then updated again and again, and removed for one round in
 * seventeen, so that it is inserted anew.
 */
export function* changes(count: number, rows: number): Generator<Change> {
  for (let index = 0; index < count; index++) {
    const row = index % rows;
    const round = Math.floor(index / rows);
    const key = `task-${row}`;
    if ((round + row) % 17 === 16) yield { type: "task", key, headers: { operation: "delete" } };
    else {
      const value = { id: key, title: `Task ${row}`, done: round % 2 === 0, round, tags: ["a", "b"] };
      yield { type: "task", key, value, headers: { operation: round === 0 ? "insert" : "update" } };
    }
  }
}
