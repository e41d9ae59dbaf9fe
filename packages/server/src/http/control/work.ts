/** What workers send about wakes that they have: `callback`, `ack` and `release` (protocol §18.5). */
import { HTTP_HEADER, STREAM_ROOT } from "@perennial/protocol";
import { invalid, notFound, type Refusal, tokenInvalid } from "../../subscription/core/rejections.ts";
import { parseReport } from "../../subscription/core/requests.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Reply } from "../message/reply.ts";
import { membersOf } from "./body.ts";
import { jsonReply, NO_CONTENT, refusalReply } from "./control-reply.ts";
import type { ControlRequest } from "./control-request.ts";

const BEARER = /^bearer +([\x21-\x7e]{1,1024})$/i;

/** The token is all that is asked for: it says whose subscription it is. It is looked at before anything else. */
export async function work(context: Context, asked: ControlRequest, id: string): Promise<Reply> {
  const { subscriptions, workers } = context.subscriptions;
  const { request, rest } = asked;
  const token = BEARER.exec(request.header(HTTP_HEADER.authorization) ?? "")?.[1];
  const claims = token === undefined ? undefined : subscriptions.keys.verify(token);
  if (claims === undefined) return refusalReply(tokenInvalid());
  const scope = subscriptions.at(claims.n)?.settings.scope ?? `${STREAM_ROOT}/`;
  const found = await subscriptions.find(scope, id);
  if (found.kind === "rejected") return refusalReply(notFound());
  if (context.services.isDisabled(scope)) return problemReply({ kind: "service-disabled" });
  const [action] = rest;
  const refusal = wrongKind(action!, found.value.settings.type);
  if (refusal !== undefined) return refusalReply(refusal);
  const members = await membersOf(request);
  if (members.kind === "rejected") return members.rejection;
  const report = parseReport(members.value);
  if (report.kind === "rejected") return refusalReply(report.rejection);
  if (action === "release") {
    const released = await workers.release(scope, id, claims, report.value);
    return released.kind === "rejected" ? refusalReply(released.rejection) : NO_CONTENT;
  }
  const reported = await workers.report(scope, id, claims, report.value);
  if (reported.kind === "rejected") return refusalReply(reported.rejection);
  return jsonReply(200, { ok: true, next_wake: reported.value.isNext });
}

function wrongKind(action: string, type: string): Refusal | undefined {
  return action !== "callback" && type === "webhook"
    ? invalid(`${action} is for pull-wake subscriptions; webhooks call back`)
    : undefined;
}
