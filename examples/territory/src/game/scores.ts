/** The best results of a room: a state stream of its own. */
import { DurableStream } from "@perennial/client";
import { appendEvents } from "@perennial/state";
import { createStreamDB } from "@perennial/state/db";
import { ROOMS_TTL_S, type ScoreRow, scoresPath, scoresSchema } from "../../shared/lobby.ts";

export interface Scores {
  /** The best results, the best one first. */
  best(): readonly ScoreRow[];
  /** Keeps a result, if it is its player's best. */
  add(score: ScoreRow): Promise<void>;
  onChange(listener: () => void): void;
  close(): void;
}

export async function openScores(room: string): Promise<Scores> {
  const url = new URL(scoresPath(room), location.href);
  const contentType = "application/json";
  const stream = await DurableStream.create({ url, contentType, ttlSeconds: ROOMS_TTL_S, warnOnHttp: false });
  const db = createStreamDB({ stream, live: "long-poll", state: scoresSchema });
  await db.preload();
  const { scores } = db.collections;
  return {
    best: () => scores.toArray.sort((a, b) => b.score - a.score),
    async add(score) {
      const before = scores.get(score.playerName)?.score ?? 0;
      if (score.score > before) await appendEvents(stream, [scoresSchema.scores.upsert({ value: score })]);
    },
    onChange: (listener) => void scores.subscribeChanges(listener),
    close: () => db.close(),
  };
}
