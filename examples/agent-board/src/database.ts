import { DurableStream } from "@perennial/client";
import { appendEvents, type StateEvent } from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { board, type Message, type Presence, type Task } from "./board.ts";
import type { Connection } from "./connection.ts";

/** How long an edit waits for its way through the stream, in ms: as long as a cut connection may last. */
const PATIENCE_MS = 600_000;

/** Opens the board: its collections, and the actions that change them at once and for good. */
export function openDatabase(connection: Connection) {
  const url = new URL("/v1/stream/agent-board", location.href);
  const stream = new DurableStream({
    url,
    contentType: "application/json",
    fetch: connection.fetch,
    backoffOptions: { maxDelay: 1_000 },
    warnOnHttp: false,
  });
  return createStreamDB({
    stream,
    live: "sse",
    state: board,
    actions: ({ db }) => {
      /** Appends an event and waits until it came back, so that the optimistic row gives way to the real one. */
      const write = async (event: StateEvent): Promise<void> => {
        const txid = crypto.randomUUID();
        await appendEvents(stream, [event], { txid });
        await db.utils.awaitTxId(txid, PATIENCE_MS);
      };
      const { messages, presence, tasks, users } = db.collections;
      return {
        join: {
          onMutate: (id: string) => {
            if (!users.has(id)) users.insert({ id, colour: colourOf(id) });
          },
          mutationFn: (id: string) => write(board.users.upsert({ value: { id, colour: colourOf(id) } })),
        },
        setPresence: {
          onMutate: (value: Presence) => {
            if (presence.has(value.userId)) {
              presence.update(value.userId, (row) => {
                row.status = value.status;
              });
            } else presence.insert(value);
          },
          mutationFn: (value: Presence) => write(board.presence.upsert({ value })),
        },
        say: {
          onMutate: (value: Message) => {
            messages.insert(value);
          },
          mutationFn: (value: Message) => write(board.messages.insert({ value })),
        },
        addTask: {
          onMutate: (value: Task) => {
            tasks.insert(value);
          },
          mutationFn: (value: Task) => write(board.tasks.insert({ value })),
        },
        removeTask: {
          onMutate: (id: string) => {
            tasks.delete(id);
          },
          mutationFn: (id: string) => write(board.tasks.delete({ key: id })),
        },
      };
    },
  });
}

export type Database = ReturnType<typeof openDatabase>;

/** A colour that belongs to a name. */
function colourOf(name: string): string {
  const hue = Array.from(name).reduce((sum, character) => (sum * 31 + character.codePointAt(0)!) % 360, 7);
  return `hsl(${hue} 60% 40%)`;
}
