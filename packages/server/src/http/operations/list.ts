/** GET of the list of streams: an extension, described in docs/extensions.md. */
import { CONTROL_SEGMENT, STREAM_ROOT } from "@perennial/protocol";
import { isWithin, mayDo, type Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Query } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { pageProblem, pageReply, parseLimit } from "./extension-page.ts";
import { LIST_ROOT, listedStream, relativePath } from "./listed-stream.ts";

/** Where the list is. */
export const LIST_PATH = `${STREAM_ROOT}/${CONTROL_SEGMENT}/streams`;

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
  // An empty one asks for all, as none does.
  const prefix = asked ? LIST_ROOT + asked : scope.prefix;
  if (!isWithin(scope, prefix))
    return problemReply({
      kind: "bad-parameter",
      parameter: "prefix",
      reason: `must begin with ${scope.prefix.slice(LIST_ROOT.length)}`,
    });
  const refusal = mayDo(scope, "list", prefix.slice(0, prefix.lastIndexOf("/") + 1));
  if (refusal !== undefined) return problemReply(refusal);
  const after = LIST_ROOT + (query.values.get("after") ?? "");
  const page = await streams.list({ prefix, after, limit: limit.value });
  return pageReply(request, {
    streams: page.streams.map(listedStream),
    next: page.next && relativePath(page.next),
  });
}
