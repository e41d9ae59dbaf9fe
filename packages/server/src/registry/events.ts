/** The events of the registry: State messages of the type `stream`, whose keys are the names of streams. */
import type { StreamLife } from "../shard/lives.ts";

/** What the registry says of a name, or of the stream that has it. */
export interface Entry {
  readonly contentType: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** An event read back: the name, and its stream; undefined where it says that there is none. */
export interface Said {
  readonly name: string;
  readonly entry: Entry | undefined;
}

/** A stream came to be. */
export function insertEvent(name: string, { contentType, createdAt }: Entry): string {
  const value = { path: name, contentType, createdAt };
  return JSON.stringify({ type: "stream", key: name, value, headers: { operation: "insert" } });
}

/** A stream is gone. */
export function deleteEvent(name: string): string {
  return JSON.stringify({ type: "stream", key: name, headers: { operation: "delete" } });
}

/** The events that take the registry from what it says of a name to what is. None if it is right. */
export function difference(
  name: string,
  said: Entry | undefined,
  life: StreamLife | undefined,
): readonly string[] {
  const isRight =
    said !== undefined &&
    life !== undefined &&
    said.createdAt === life.createdAt &&
    said.contentType === life.contentType;
  if (isRight) return [];
  const events = said === undefined ? [] : [deleteEvent(name)];
  if (life !== undefined) events.push(insertEvent(name, life));
  return events;
}

/** Reads a message of the registry. Undefined for what nobody here has written: others may write to it, too. */
export function parseEvent(message: unknown): Said | undefined {
  if (!isObject(message) || message.type !== "stream" || typeof message.key !== "string") return undefined;
  const operation = isObject(message.headers) ? message.headers.operation : undefined;
  if (operation === "delete") return { name: message.key, entry: undefined };
  const { value } = message;
  if (!isObject(value) || (operation !== "insert" && operation !== "update" && operation !== "upsert"))
    return undefined;
  // What is no entry of ours is none that is right, and will be corrected.
  const contentType = typeof value.contentType === "string" ? value.contentType : "";
  const createdAt = typeof value.createdAt === "number" ? value.createdAt : Number.NaN;
  return { name: message.key, entry: { contentType, createdAt } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
