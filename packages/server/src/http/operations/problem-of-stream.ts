import { readOut } from "../../shard/reading.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Reply } from "../message/reply.ts";
import type { RequestProblem } from "../problems.ts";

/**
 * The answer to a request for a stream whose headers or parameters are wrong: whether the stream exists is answered
 * before they are judged (protocol §17.1).
 */
export function problemOfStream(
  { streams }: Context,
  path: string,
  problem: RequestProblem,
): Reply | Promise<Reply> {
  const described = readOut(streams.for(path).describe(path));
  const answer = (found: Awaited<typeof described>): Reply =>
    problemReply(found.kind === "rejected" ? found.rejection : problem);
  return described instanceof Promise ? described.then(answer) : answer(described);
}
