/** GET of a stream's producers: an extension, described in docs/extensions.md. */
import { CONTROL_SEGMENT, parseStreamPath, STREAM_ROOT } from "@perennial/protocol";
import type { KnownProducer } from "../../shard/producers.ts";
import { isWithin, mayDo, type Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Query } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { type Parsed, refuse } from "../problems.ts";
import { pageProblem, pageReply, parseLimit } from "./extension-page.ts";

/** Where they are. */
export const PRODUCERS_PATH = `${STREAM_ROOT}/${CONTROL_SEGMENT}/producers`;

export async function producers(
  { streams, config }: Context,
  scope: Scope,
  request: HttpRequest,
  query: Query,
): Promise<Reply> {
  const problem = pageProblem(request.method, query, ["path", "after", "limit"]);
  if (problem !== undefined) return problemReply(problem);
  const path = parsePath(query, config.pathBytes);
  if (path.kind === "rejected") return problemReply(path.rejection);
  if (!isWithin(scope, path.value)) return problemReply({ kind: "stream-not-found" });
  const refusal = mayDo(scope, "read", path.value);
  if (refusal !== undefined) return problemReply(refusal);
  const limit = parseLimit(query);
  if (limit.kind === "rejected") return problemReply(limit.rejection);
  const after = query.values.get("after") ?? "";
  const wanted = { path: path.value, after, limit: limit.value };
  const page = await streams.for(path.value).producers(wanted);
  if (page.kind === "rejected") return problemReply(page.rejection);
  return pageReply(request, { producers: page.producers.map(describe), next: page.next });
}

function parsePath(query: Query, limit: number): Parsed<string> {
  const path = parseStreamPath(`${STREAM_ROOT}/${query.values.get("path") ?? ""}`, limit);
  if (path.kind === "ok") return path;
  return refuse({ kind: "bad-parameter", parameter: "path", reason: "must be the path of a stream" });
}

function describe({ id, epoch, lastSeq, lastAt }: KnownProducer): object {
  return { id, epoch, lastSeq, lastAppendAt: new Date(lastAt).toISOString() };
}
