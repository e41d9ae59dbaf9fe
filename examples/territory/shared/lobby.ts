/** The lobby: rooms and scores, each a state stream. */
import { createStateSchema } from "@perennial/state";
import { z } from "zod";

export const YJS_PATH = "/v1/yjs/territory";
export const ROOMS_PATH = "/v1/stream/territory/rooms";
/** How long a room lives after the last renewal, ms. */
export const ROOM_LIFE_MS = 600_000;
/** How long the list of rooms lives after its last use, s. */
export const ROOMS_TTL_S = 86_400;
export const MAX_BOTS = 4;

export function scoresPath(room: string): string {
  return `/v1/stream/territory/scores/${room}`;
}

const room = z.object({
  roomId: z.string(),
  name: z.string(),
  boardSize: z.number(),
  bots: z.number().int().min(0).max(MAX_BOTS),
  createdAt: z.number(),
  expiresAt: z.number(),
  playerCount: z.number().optional(),
});
const score = z.object({
  playerName: z.string(),
  /** Cells at the end of the best game. */
  score: z.number(),
  timestamp: z.number(),
});

export type RoomRow = z.infer<typeof room>;
export type ScoreRow = z.infer<typeof score>;

export const roomsSchema = createStateSchema({
  rooms: { schema: room, type: "stream", primaryKey: "roomId" },
});
export const scoresSchema = createStateSchema({
  scores: { schema: score, type: "stream", primaryKey: "playerName" },
});
