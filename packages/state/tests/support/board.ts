import { createStateSchema } from "@perennial/state";
import { z } from "zod";

/** The collections of most tests. */
export const board = createStateSchema({
  users: {
    schema: z.object({ id: z.string(), name: z.string(), email: z.string().optional() }),
    type: "user",
    primaryKey: "id",
  },
  tasks: {
    schema: z.object({ nr: z.coerce.number(), title: z.string() }),
    type: "task",
    primaryKey: "nr",
  },
});

export const user = (id: string, name: string, headers: Record<string, string> = {}) =>
  board.users.upsert({ value: { id, name }, headers });

/** Rows without what reading adds, sorted by key. */
export function plain(rows: Iterable<object>): Record<string, unknown>[] {
  const plainRows = Array.from(rows, (row) =>
    Object.fromEntries(Object.entries(row).filter(([field]) => field !== "_seq" && !field.startsWith("$"))),
  );
  return plainRows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
