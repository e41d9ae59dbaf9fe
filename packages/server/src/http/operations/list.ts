/** GET of the list of streams: an extension, described in docs/extensions.md. */
import {
  CONTROL_SEGMENT,
  formatExpiresAt,
  formatOffset,
  type ListedStream,
  STREAM_ROOT,
} from "@perennial/protocol";
import type { Stream } from "../../catalog/stream.ts";
import { list as listStreams } from "../../shard/list.ts";
import { deadlineOf } from "../../stream/expiry.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Query } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import { pageProblem, pageReply, parseLimit } from "./extension-page.ts";

/** Where the list is. */
export const LIST_PATH = `${STREAM_ROOT}/${CONTROL_SEGMENT}/streams`;

/** Paths in requests and replies are relative to this, as in the rest of the control API. */
const ROOT = `${STREAM_ROOT}/`;

export function list({ shard }: Context, method: string, query: Query): Reply {
  const problem = pageProblem(method, query, ["prefix", "after", "limit"]);
  if (problem !== undefined) return problemReply(problem);
  const limit = parseLimit(query);
  if (typeof limit !== "number") return problemReply(limit);
  const prefix = ROOT + (query.values.get("prefix") ?? "");
  const after = ROOT + (query.values.get("after") ?? "");
  const page = listStreams(shard, { prefix, after, limit });
  return pageReply({ streams: page.streams.map(describe), next: page.next?.slice(ROOT.length) });
}

/** A stream as the list shows it. Absent members (undefined) do not apply to it. */
function describe(stream: Stream): ListedStream {
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
