/** GET of what changed in the list of streams: an extension, described in docs/extensions.md. */
import {
  CONTROL_SEGMENT,
  HEADER,
  HTTP_HEADER,
  type ListedChanges,
  ok,
  STREAM_ROOT,
} from "@perennial/protocol";
import type { ChangePlace } from "../../shard/change-log.ts";
import { mayDo, type Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import { sentBody } from "../message/gzip.ts";
import type { Query } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { type Parsed, refuse } from "../problems.ts";
import { pageProblem, parseLimit } from "./extension-page.ts";
import { listedStream, relativePath } from "./listed-stream.ts";

/** Where they are. */
export const CHANGES_PATH = `${STREAM_ROOT}/${CONTROL_SEGMENT}/changes`;

export async function changes(
  { streams }: Context,
  scope: Scope,
  request: HttpRequest,
  query: Query,
): Promise<Reply> {
  const problem = pageProblem(request.method, query, ["since", "limit"]);
  if (problem !== undefined) return problemReply(problem);
  const limit = parseLimit(query);
  if (limit.kind === "rejected") return problemReply(limit.rejection);
  const since = parseSince(query);
  if (since.kind === "rejected") return problemReply(since.rejection);
  const refusal = mayDo(scope, "list", scope.prefix);
  if (refusal !== undefined) return problemReply(refusal);
  const { place, paths } = await streams.changes(scope.prefix, since.value, limit.value);
  const cursor = `${place.epoch}.${place.number}`;
  if (paths === undefined) return reply(request, { cursor, reset: true, streams: [], removed: [] });
  const found = await streams.describeAll(paths);
  const there = new Set(found.map(({ path }) => path));
  const removed = paths.filter((path) => !there.has(path)).map(relativePath);
  return reply(request, { cursor, streams: found.map(listedStream), removed });
}

function parseSince(query: Query): Parsed<ChangePlace | undefined> {
  const text = query.values.get("since");
  if (text === undefined) return ok(undefined);
  const match = /^([0-9a-z]{1,16})\.(\d{1,16})$/.exec(text);
  if (match !== null) return ok({ epoch: match[1]!, number: Number(match[2]) });
  return refuse({ kind: "bad-parameter", parameter: "since", reason: "must be the cursor of an answer" });
}

async function reply(request: HttpRequest, page: ListedChanges): Promise<Reply> {
  const accepts = request.header(HTTP_HEADER.acceptEncoding);
  const { body, headers } = await sentBody(accepts, Buffer.from(JSON.stringify(page)));
  const common = [HEADER.contentType, "application/json", HEADER.cacheControl, "no-store"];
  return { status: 200, headers: [...common, ...headers], body };
}
