/** GET of the list of streams: an extension, described in docs/extensions.md. */
import {
  CONTROL_SEGMENT,
  formatExpiresAt,
  formatOffset,
  type ListedStream,
  STREAM_ROOT,
} from "@perennial/protocol";
import type { StreamDescription } from "../../shard/description.ts";
import { mayDo, type Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Query } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { pageProblem, pageReply, parseLimit } from "./extension-page.ts";

/** Where the list is. */
export const LIST_PATH = `${STREAM_ROOT}/${CONTROL_SEGMENT}/streams`;

/** Paths in requests and replies are relative to this, as in the rest of the control API. */
const ROOT = `${STREAM_ROOT}/`;

export async function list(
  { streams }: Context,
  scope: Scope,
  request: HttpRequest,
  query: Query,
): Promise<Reply> {
  const problem = pageProblem(request.method, query, ["prefix", "after", "limit"]);
  if (problem !== undefined) return problemReply(problem);
  const limit = parseLimit(query);
  if (limit.kind === "rejected") return problemReply(limit.rejection);
  const asked = query.values.get("prefix");
  const prefix = asked === undefined ? scope.prefix : ROOT + asked;
  if (!prefix.startsWith(scope.prefix))
    return problemReply({
      kind: "bad-parameter",
      parameter: "prefix",
      reason: `must begin with ${scope.prefix.slice(ROOT.length)}`,
    });
  const refusal = mayDo(scope, "list", prefix.slice(0, prefix.lastIndexOf("/") + 1));
  if (refusal !== undefined) return problemReply(refusal);
  const after = ROOT + (query.values.get("after") ?? "");
  const page = await streams.list({ prefix, after, limit: limit.value });
  return pageReply(request, { streams: page.streams.map(describe), next: page.next?.slice(ROOT.length) });
}

/** A stream as the list shows it. Absent members (undefined) do not apply to it. */
function describe(stream: StreamDescription): ListedStream {
  const { path, contentType, tail, closed, createdAt, lastAppendAt } = stream;
  const { maxBytes, ttlSeconds, deadline, fork } = stream;
  return {
    path: path.slice(ROOT.length),
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
      path: fork.sourcePath.slice(ROOT.length),
      offset: formatOffset(fork.offset),
    },
  };
}
