/** A read that had begun and cannot go on: told apart, and logged once. */
import { DamagedData, StreamRemoved } from "../journal/contract/index.ts";
import { MemoryShort } from "../stream/weight.ts";
import type { Logger } from "./logger.ts";

/** `crowded`: there is no memory for its stream now. `removed`: the stream went away under the read. `damaged`: its stored bytes are. `bug`: anything else. */
export type ReadFailure = "crowded" | "removed" | "damaged" | "bug";

export function readFailureOf(error: unknown): ReadFailure {
  if (error instanceof MemoryShort) return "crowded";
  if (error instanceof StreamRemoved) return "removed";
  return error instanceof DamagedData ? "damaged" : "bug";
}

const SENTENCES = {
  crowded: "a read ended early: too much is in memory",
  removed: "a read ended early: its stream was removed",
  damaged: "a read ended early: stored bytes are damaged",
  bug: "a read ended early: a bug",
} as const satisfies Record<ReadFailure, string>;

/** @param about what was read, such as the stream's path */
export function logReadFailure(logger: Logger, error: unknown, about: object): void {
  const failure = readFailureOf(error);
  const level = failure === "removed" || failure === "crowded" ? "debug" : "error";
  logger[level]({ err: error, failure, ...about }, SENTENCES[failure]);
}
