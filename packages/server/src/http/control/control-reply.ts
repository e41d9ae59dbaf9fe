/** Answers of the control API (protocol §18.2): its errors have a shape of their own. */
import { HEADER } from "@perennial/protocol";
import type { Refusal } from "../../subscription/core/rejections.ts";
import type { Reply } from "../message/reply.ts";

const NO_STORE = [HEADER.cacheControl, "no-store"];

export function jsonReply(status: number, value: object): Reply {
  const headers = [HEADER.contentType, "application/json", ...NO_STORE];
  return { status, headers, body: Buffer.from(JSON.stringify(value)) };
}

export const NO_CONTENT: Reply = { status: 204, headers: NO_STORE, body: undefined };

export function refusalReply({ status, code, message, facts }: Refusal): Reply {
  const reply = jsonReply(status, { error: { code, message, ...facts } });
  return status === 503 ? { ...reply, headers: [...reply.headers, HEADER.retryAfter, "1"] } : reply;
}

/** The one answer that is not JSON. */
export function wrongMethod(allow: string): Reply {
  const headers = [HEADER.contentType, "text/plain; charset=utf-8", "Allow", allow, ...NO_STORE];
  return { status: 405, headers, body: Buffer.from(`allowed here: ${allow}`) };
}
