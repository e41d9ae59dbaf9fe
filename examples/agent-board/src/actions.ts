import type { DurableStream } from "@perennial/client";
import { appendEvents, type StateEvent } from "@perennial/state";
import type { StreamDB } from "@perennial/state/db";
import { board, type Message, type Presence, type Task } from "./board.ts";

/** How long an edit waits for its way through the stream, in ms: as long as a cut connection may last. */
const PATIENCE_MS = 600_000;

interface Context {
  readonly db: StreamDB<typeof board>;
  readonly stream: DurableStream;
}

/** What people do on the board: each change shows at once, and lasts when the stream has it. */
export function boardActions(context: Context) {
  const { messages, presence, tasks, users } = context.db.collections;
  const write = (event: StateEvent) => appendAndAwait(context, event);
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
      onMutate: (value: Message) => void messages.insert(value),
      mutationFn: (value: Message) => write(board.messages.insert({ value })),
    },
    addTask: {
      onMutate: (value: Task) => void tasks.insert(value),
      mutationFn: (value: Task) => write(board.tasks.insert({ value })),
    },
    removeTask: {
      onMutate: (id: string) => void tasks.delete(id),
      mutationFn: (id: string) => write(board.tasks.delete({ key: id })),
    },
  };
}

/** Appends an event and waits until it came back, so that the optimistic row gives way to the real one. */
async function appendAndAwait({ db, stream }: Context, event: StateEvent): Promise<void> {
  const txid = crypto.randomUUID();
  await appendEvents(stream, [event], { txid });
  await db.utils.awaitTxId(txid, PATIENCE_MS);
}

/** A colour that belongs to a name. */
function colourOf(name: string): string {
  const hue = Array.from(name).reduce((sum, character) => (sum * 31 + character.codePointAt(0)!) % 360, 7);
  return `hsl(${hue} 60% 40%)`;
}
