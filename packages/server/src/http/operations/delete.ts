/** DELETE (protocol §15.2). */
import { HEADER } from "@perennial/protocol";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";

const REMOVED: Reply = { status: 204, headers: [HEADER.cacheControl, "no-store"], body: undefined };

/** The body has no meaning, but is received first: a request that proves malformed in it must not delete anything. */
export async function deleteStream(context: Context, request: HttpRequest, path: string): Promise<Reply> {
  const body = await request.body();
  if (body.kind === "rejected") return problemReply(body.rejection);
  const outcome = await context.streams.for(path).remove(path);
  return outcome.kind === "rejected" ? problemReply(outcome.rejection) : REMOVED;
}
