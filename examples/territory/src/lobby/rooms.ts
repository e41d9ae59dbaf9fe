/** The list of rooms: a StreamDB whose changes show at once. */
import { DurableStream } from "@perennial/client";
import { appendEvents } from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { ROOMS_PATH, type RoomRow, roomsSchema } from "../../shared/lobby.ts";

/** How long a change waits for its way through the stream, ms. */
const PATIENCE_MS = 30_000;

export function openRooms() {
  const stream = new DurableStream({
    url: new URL(ROOMS_PATH, location.href),
    contentType: "application/json",
    warnOnHttp: false,
  });
  return createStreamDB({
    ...{ stream, live: "sse", state: roomsSchema },
    actions: ({ db }) => ({
      addRoom: {
        onMutate: (row: RoomRow) => {
          if (!db.collections.rooms.has(row.roomId)) db.collections.rooms.insert(row);
        },
        mutationFn: async (value: RoomRow) => {
          const txid = crypto.randomUUID();
          await appendEvents(stream, [roomsSchema.rooms.upsert({ value })], { txid });
          await db.utils.awaitTxId(txid, PATIENCE_MS);
        },
      },
    }),
  });
}

export type Rooms = ReturnType<typeof openRooms>;
