/** A stream as the list of streams shows it. */
import { formatExpiresAt, formatOffset, type ListedStream, STREAM_ROOT } from "@perennial/protocol";
import type { StreamDescription } from "../../shard/description.ts";

/** Paths in requests and replies are relative to this, as in the rest of the control API. */
export const LIST_ROOT = `${STREAM_ROOT}/`;

/** @param path canonical, from the origin's root */
export function relativePath(path: string): string {
  return path.slice(LIST_ROOT.length);
}

/** Absent members (undefined) do not apply to it. */
export function listedStream(stream: StreamDescription): ListedStream {
  const { path, contentType, tail, closed, createdAt, lastAppendAt } = stream;
  const { maxBytes, ttlSeconds, deadline, fork } = stream;
  return {
    path: relativePath(path),
    contentType,
    offset: formatOffset(tail),
    size: tail,
    closed,
    createdAt: new Date(createdAt).toISOString(),
    lastAppendAt: new Date(lastAppendAt).toISOString(),
    maxBytes,
    ttlSeconds,
    expiresAt: deadline === undefined ? undefined : formatExpiresAt(deadline),
    forkedFrom: fork && {
      path: relativePath(fork.sourcePath),
      offset: formatOffset(fork.offset),
    },
  };
}
