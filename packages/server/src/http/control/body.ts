/** Bodies of requests about subscriptions. */
import { joinBytes, ok, type Result, reject } from "@perennial/protocol";
import { parseMembers } from "../../subscription/core/requests.ts";
import { problemReply } from "../errors.ts";
import { codingProblem } from "../message/content-coding.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { refusalReply } from "./control-reply.ts";

/** Bytes of a body: a thousand long paths. It is parsed in one go. */
const BODY_BYTES = 256 * 1024;

/** The members of the JSON object that was sent, or the answer that refuses it. */
export async function membersOf(
  request: HttpRequest,
): Promise<Result<Readonly<Record<string, unknown>>, Reply>> {
  const coding = codingProblem(request);
  if (coding !== undefined) return reject(problemReply(coding));
  const body = await request.body();
  if (body.kind === "rejected") return reject(problemReply(body.rejection));
  const { parts, byteLength } = body.value;
  if (byteLength > BODY_BYTES) {
    const message = `the body has more than ${BODY_BYTES} bytes`;
    return reject(refusalReply({ status: 413, code: "INVALID_REQUEST", message }));
  }
  const members = parseMembers(Buffer.from(joinBytes(parts)).toString());
  return members.kind === "rejected" ? reject(refusalReply(members.rejection)) : ok(members.value);
}
