import type { StateEvent } from "../protocol/events.ts";

/** A chunk is full when its messages have at least this many characters. Far below what servers take in one request. */
const CHUNK_CHARACTERS = 256 * 1024;

/** The requests in which a snapshot is written: the JSON texts of their messages. Equal events give equal chunks. */
export function chunksOf(events: Iterable<StateEvent>): string[][] {
  const chunks: string[][] = [];
  let room = 0;
  for (const event of events) {
    if (room <= 0) {
      chunks.push([]);
      room = CHUNK_CHARACTERS;
    }
    const text = JSON.stringify(event);
    chunks.at(-1)!.push(text);
    room -= text.length;
  }
  return chunks;
}

/** A short digest of chunks and of where they are cut: 32 hexadecimal digits of SHA-256. */
export async function digestOf(chunks: readonly (readonly string[])[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(chunks));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
