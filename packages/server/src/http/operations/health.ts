/** GET /health: whether the server takes writes, for load balancers and operators. Not part of the protocol. */
import { HEADER } from "@perennial/protocol";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Reply } from "../message/reply.ts";

/** 200 while writes are taken, 503 while they are not; the body says which and why. */
export function health({ shard }: Context, method: string): Reply {
  if (method !== "GET" && method !== "HEAD") {
    return problemReply({ kind: "method-not-allowed", allow: "GET, HEAD, OPTIONS" });
  }
  const storage = shard.log.health();
  return {
    status: storage === "ok" ? 200 : 503,
    headers: [HEADER.contentType, "application/json", HEADER.cacheControl, "no-store"],
    body: Buffer.from(JSON.stringify({ status: storage === "ok" ? "ok" : "degraded", storage })),
  };
}
