/** DELETE (protocol section 15.2). */
import { HEADER } from "@perennial/protocol";
import { remove } from "../../shard/remove.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Reply } from "../reply.ts";

const REMOVED: Reply = { status: 204, headers: [HEADER.cacheControl, "no-store"], body: undefined };

export async function deleteStream(context: Context, path: string): Promise<Reply> {
  const outcome = await remove(context.shard, path);
  return outcome.kind === "rejected" ? problemReply(outcome.rejection) : REMOVED;
}
