/** GET of the list of streams: an extension, described in docs/extensions.md. */
import { CONTROL_SEGMENT, formatExpiresAt, formatOffset, HEADER, STREAM_ROOT } from "@perennial/protocol";
import type { Stream } from "../../catalog/stream.ts";
import { list as listStreams } from "../../shard/list.ts";
import { deadlineOf } from "../../stream/expiry.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import { parseLimit } from "../page-limit.ts";
import type { RequestProblem } from "../problems.ts";
import { type Query, repeatedParameter } from "../query.ts";
import type { Reply } from "../reply.ts";

/** Where the list is. */
export const LIST_PATH = `${STREAM_ROOT}/${CONTROL_SEGMENT}/streams`;

/** Paths in requests and replies are relative to this, as in the rest of the control API. */
const ROOT = `${STREAM_ROOT}/`;

export function list({ shard }: Context, method: string, query: Query): Reply {
  if (method !== "GET") return problemReply({ kind: "method-not-allowed", allow: "GET, OPTIONS" });
  const twice = repeated(query);
  if (twice !== undefined) return problemReply(twice);
  const limit = parseLimit(query);
  if (typeof limit !== "number") return problemReply(limit);
  const prefix = ROOT + (query.values.get("prefix") ?? "");
  const after = ROOT + (query.values.get("after") ?? "");
  const page = listStreams(shard, { prefix, after, limit });
  const body = { streams: page.streams.map(describe), next: page.next?.slice(ROOT.length) };
  return {
    status: 200,
    headers: [HEADER.contentType, "application/json", HEADER.cacheControl, "no-store"],
    body: Buffer.from(JSON.stringify(body)),
  };
}

function repeated(query: Query): RequestProblem | undefined {
  return ["prefix", "after", "limit"].map((name) => repeatedParameter(query, name)).find(Boolean);
}

/** A stream as the list shows it. Absent members (undefined) do not apply to it. */
function describe(stream: Stream): object {
  const { state, visibleTail, visibleClosed, lastUse } = stream;
  const deadline = deadlineOf(state, lastUse);
  return {
    path: state.path.slice(ROOT.length),
    contentType: state.contentType,
    offset: formatOffset(visibleTail),
    size: visibleTail,
    closed: visibleClosed,
    createdAt: new Date(state.createdAt).toISOString(),
    lastAppendAt: new Date(state.lastAppendAt).toISOString(),
    ttlSeconds: state.ttlSeconds,
    expiresAt: deadline === undefined ? undefined : formatExpiresAt(deadline),
    forkedFrom: state.fork && {
      path: state.fork.sourcePath.slice(ROOT.length),
      offset: formatOffset(state.fork.offset),
    },
  };
}
