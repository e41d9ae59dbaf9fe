/** What is written in the form for a new stream, as what the server is asked for. */
import {
  isJson,
  isValidContentType,
  parseTtl,
  type Rejected,
  reject,
  TTL_MAX_SECONDS,
} from "@perennial/protocol";
import { rowKind } from "../feed/cut-rows.ts";
import { canonicalPath, segmentOf } from "../server/address.ts";
import { parseMessage } from "../writing/parse-message.ts";

/** The form's fields, as they are written. */
export interface NewStreamDraft {
  readonly contentType: string;
  /** A count of `ttlUnit`; empty for a stream that stays. */
  readonly ttl: string;
  /** Seconds of one. */
  readonly ttlUnit: number;
  /** Empty for none. */
  readonly message: string;
}

/** A stream to be made. */
export interface NewStream {
  readonly kind: "stream";
  readonly contentType: string;
  readonly ttlSeconds: number | undefined;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
}

/** Why a field cannot be taken. */
export interface FieldProblem {
  readonly field: "type" | "ttl" | "message";
  readonly reason: string;
}

/**
 * The path of a name as people write it: slashes part folders, everything else stands for itself.
 *
 * @returns canonical and percent-encoded; undefined if no stream can be called so
 */
export function pathOfName(name: string): string | undefined {
  const segments = name.trim().split("/").map(segmentOf);
  return segments.includes(undefined) ? undefined : canonicalPath(segments.join("/"));
}

/** Checks a form, and says of the first field that cannot be taken why. */
export function parseNewStream(draft: NewStreamDraft): NewStream | Rejected<FieldProblem> {
  const contentType = draft.contentType.trim();
  if (!isValidContentType(contentType))
    return reject({ field: "type", reason: "A content type has two parts, such as text/csv" });
  const ttlSeconds = draft.ttl.trim() === "" ? undefined : secondsOf(draft);
  if (Number.isNaN(ttlSeconds))
    return reject({
      field: "ttl",
      reason: `A whole number, and no more than ${TTL_MAX_SECONDS / 86_400} days`,
    });
  const message = parseMessage(draft.message, rowKind(contentType));
  if (message.kind === "rejected") return reject({ field: "message", reason: message.rejection });
  const body = message.kind === "message" ? message.body : undefined;
  // A list in a body is a list of messages: what was written is one, a list or not.
  return { kind: "stream", contentType, ttlSeconds, body: body && isJson(contentType) ? `[${body}]` : body };
}

/** NaN if it is no lifetime that the protocol knows, or none at all. */
function secondsOf({ ttl, ttlUnit }: NewStreamDraft): number {
  const count = parseTtl(ttl.trim()) ?? 0;
  return count === 0 ? Number.NaN : (parseTtl(String(count * ttlUnit)) ?? Number.NaN);
}
