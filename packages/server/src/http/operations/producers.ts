/** GET of a stream's producers: an extension, described in docs/extensions.md. */
import { CONTROL_SEGMENT, HEADER, parseStreamPath, STREAM_ROOT } from "@perennial/protocol";
import { type KnownProducer, producers as listProducers } from "../../shard/producers.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import { parseLimit } from "../page-limit.ts";
import type { RequestProblem } from "../problems.ts";
import { type Query, repeatedParameter } from "../query.ts";
import type { Reply } from "../reply.ts";

/** Where they are. */
export const PRODUCERS_PATH = `${STREAM_ROOT}/${CONTROL_SEGMENT}/producers`;

export async function producers({ shard, config }: Context, method: string, query: Query): Promise<Reply> {
  if (method !== "GET") return problemReply({ kind: "method-not-allowed", allow: "GET, OPTIONS" });
  const twice = ["path", "after", "limit"].map((name) => repeatedParameter(query, name)).find(Boolean);
  if (twice !== undefined) return problemReply(twice);
  const path = parsePath(query, config.pathBytes);
  if (typeof path !== "string") return problemReply(path);
  const limit = parseLimit(query);
  if (typeof limit !== "number") return problemReply(limit);
  const page = await listProducers(shard, { path, after: query.values.get("after") ?? "", limit });
  if (page.kind === "rejected") return problemReply(page.rejection);
  return {
    status: 200,
    headers: [HEADER.contentType, "application/json", HEADER.cacheControl, "no-store"],
    body: Buffer.from(JSON.stringify({ producers: page.producers.map(describe), next: page.next })),
  };
}

function parsePath(query: Query, limit: number): string | RequestProblem {
  const path = parseStreamPath(`${STREAM_ROOT}/${query.values.get("path") ?? ""}`, limit);
  if (typeof path === "string") return path;
  return { kind: "bad-parameter", parameter: "path", reason: "must be the path of a stream" };
}

function describe({ id, epoch, lastSeq, lastAt }: KnownProducer): object {
  return { id, epoch, lastSeq, lastAppendAt: new Date(lastAt).toISOString() };
}
