/**
 * GET /health, /health/live and /health/ready, for load balancers and operators. Not part of the protocol. A full disk is
 * not mended by a restart, so the process is alive meanwhile and its reads go on: only `ready` says that it takes no
 * writes.
 */
import { HEADER } from "@perennial/protocol";
import type { LogHealth, Soon } from "../../journal/contract/index.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Reply } from "../message/reply.ts";

/** What the paths begin with. */
export const HEALTH_PATH = "/health";

/** The answer to one of the paths; undefined for any other. */
export function health({ streams }: Context, method: string, path: string): Soon<Reply> | undefined {
  const isLive = path === "/health/live";
  if (!isLive && path !== HEALTH_PATH && path !== "/health/ready") return undefined;
  if (method !== "GET" && method !== "HEAD") {
    return problemReply({ kind: "method-not-allowed", allow: "GET, HEAD, OPTIONS" });
  }
  const storage = streams.health();
  return storage instanceof Promise
    ? storage.then((known) => render(isLive, known))
    : render(isLive, storage);
}

function render(isLive: boolean, storage: LogHealth): Reply {
  const isWell = isLive || storage === "ok";
  return {
    status: isWell ? 200 : 503,
    headers: [HEADER.contentType, "application/json", HEADER.cacheControl, "no-store"],
    body: Buffer.from(JSON.stringify({ status: isWell ? "ok" : "degraded", storage })),
  };
}
