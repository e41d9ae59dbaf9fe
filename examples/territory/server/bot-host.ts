/** Looks after rooms: brings bots into new ones, keeps those alive in which somebody plays, and clears away the others. */
import type { DurableStream } from "@perennial/client";
import { appendEvents } from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { MAX_BOTS, ROOM_LIFE_MS, type RoomRow, roomsSchema } from "../shared/lobby.ts";
import { parseRoom } from "../shared/rules.ts";
import { BotRoom } from "./bot-room.ts";

/** How often rooms are looked after, ms. */
const SWEEP_MS = 5_000;
/** A room with less life than this is renewed while somebody is in it, ms. */
const RENEW_MS = ROOM_LIFE_MS / 2;
/** Rooms that are played in at most at the same time; further ones have no bots. */
const MAX_ROOMS = 20;

export class BotHost {
  readonly #origin: string;
  readonly #stream: DurableStream;
  readonly #db;
  readonly #rooms = new Map<string, BotRoom>();
  readonly #timer: NodeJS.Timeout;

  private constructor(origin: string, stream: DurableStream) {
    this.#origin = origin;
    this.#stream = stream;
    this.#db = createStreamDB({ stream, state: roomsSchema });
    this.#timer = setInterval(() => void this.#sweep(), SWEEP_MS);
  }

  static async start(origin: string, stream: DurableStream): Promise<BotHost> {
    const host = new BotHost(origin, stream);
    await host.#db.preload();
    host.#db.collections.rooms.subscribeChanges((changes) => {
      for (const { type, value } of changes) {
        if (type === "insert") host.#open(value);
        else if (type === "delete") host.#close(value.roomId);
      }
    });
    return host;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#db.close();
    await Promise.all([...this.#rooms.values()].map((room) => room.close()));
  }

  #open(row: RoomRow): void {
    const room = parseRoom(row.roomId);
    if (room === undefined || this.#rooms.has(room.id) || this.#rooms.size >= MAX_ROOMS) return;
    if (row.expiresAt <= Date.now()) return;
    this.#rooms.set(room.id, new BotRoom(this.#origin, room, Math.min(row.bots, MAX_BOTS)));
  }

  #close(roomId: string): void {
    void this.#rooms.get(roomId)?.close();
    this.#rooms.delete(roomId);
  }

  /** The server's clock decides how long rooms live, and who is in them is seen from within. */
  async #sweep(): Promise<void> {
    const now = Date.now();
    for (const row of this.#db.collections.rooms.toArray) {
      const people = this.#rooms.get(row.roomId)?.people() ?? 0;
      const isDying = row.expiresAt - now < RENEW_MS;
      const expiresAt = people > 0 && isDying ? now + ROOM_LIFE_MS : row.expiresAt;
      const isKept = expiresAt > now;
      if (isKept && expiresAt === row.expiresAt && people === (row.playerCount ?? 0)) continue;
      const value = { ...row, expiresAt, playerCount: people };
      const event = isKept
        ? roomsSchema.rooms.update({ value })
        : roomsSchema.rooms.delete({ key: row.roomId });
      await appendEvents(this.#stream, [event]).catch((error: Error) => console.warn(error.message));
    }
  }
}
