/** The parameters of a GET (protocol §3.2). */
import {
  HEADER,
  isTrue,
  type OffsetRequest,
  ok,
  parseCursor,
  parseOffsetRequest,
  QUERY,
} from "@perennial/protocol";
import { type Query, repeatedParameter } from "../message/query.ts";
import type { HttpRequest } from "../message/request.ts";
import { type Parsed, refuse } from "../problems.ts";

export interface ReadParameters {
  readonly mode: "catch-up" | "long-poll" | "sse";
  readonly offset: OffsetRequest;
  /** The cursor of an earlier live response, echoed by the client. */
  readonly cursor: number | undefined;
  /** Whether the offset is what an EventSource saw last, which comes back by itself. */
  readonly resumes: boolean;
}

const FROM_START: OffsetRequest = { kind: "start" };

/** The very bytes that are stored, from the very place. */
function exactly(offset: OffsetRequest): OffsetRequest {
  return offset.kind === "at"
    ? { ...offset, exact: true, asStored: true }
    : { kind: offset.kind, asStored: true };
}

export function parseRead(request: HttpRequest, query: Query): Parsed<ReadParameters> {
  const repeated = repeatedParameter(query, QUERY.offset) ?? repeatedParameter(query, QUERY.live);
  if (repeated !== undefined) return refuse(repeated);
  const live = query.values.get(QUERY.live);
  if (live !== undefined && live !== "long-poll" && live !== "sse") {
    return refuse({ kind: "bad-parameter", parameter: QUERY.live, reason: "must be long-poll or sse" });
  }
  const mode = live ?? "catch-up";
  const cursor = parseCursor(query.values.get(QUERY.cursor));
  // What an EventSource saw last is newer than the offset in the URL it was opened with.
  const lastEventId = mode === "sse" ? request.header(HEADER.lastEventId) : undefined;
  const resumes = lastEventId !== undefined;
  const text = lastEventId ?? query.values.get(QUERY.offset);
  if (text === undefined && mode !== "catch-up") {
    const reason = "is required for live reads";
    return refuse({ kind: "bad-parameter", parameter: QUERY.offset, reason });
  }
  const offset = text === undefined ? FROM_START : parseOffsetRequest(text);
  const isExact = isTrue(query.values.get(QUERY.exact));
  if (offset !== undefined) return ok({ mode, offset: isExact ? exactly(offset) : offset, cursor, resumes });
  const reason = "must be -1, now or an offset that this server gave out";
  return refuse(
    lastEventId === undefined
      ? { kind: "bad-parameter", parameter: QUERY.offset, reason }
      : { kind: "bad-header", header: HEADER.lastEventId, reason },
  );
}
