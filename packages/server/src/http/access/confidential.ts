/** Answers to requests that need credentials are for whoever sent them. */
import { HEADER, HTTP_HEADER } from "@perennial/protocol";
import type { Reply } from "../message/reply.ts";

/** What would let a shared cache keep an answer (RFC 9111, 5.2.2), and what is said anyway. */
const REPLACED = /^(?:public|private|s-maxage=.*)$/i;

/**
 * The reply, such that no shared cache keeps it, and none gives it to somebody with other credentials.
 *
 * @param isKept whether the client's own cache may keep it
 */
export function confidential(reply: Reply, isKept: boolean): Reply {
  const headers: string[] = [HTTP_HEADER.vary, HTTP_HEADER.authorization];
  for (let at = 0; at < reply.headers.length; at += 2) {
    const name = reply.headers[at]!;
    const value = reply.headers[at + 1]!;
    headers.push(name, name === HEADER.cacheControl ? madePrivate(value, isKept) : value);
  }
  return { ...reply, headers };
}

function madePrivate(cacheControl: string, isKept: boolean): string {
  if (!isKept) return "private, no-store";
  const directives = cacheControl.split(",").map((directive) => directive.trim());
  return ["private", ...directives.filter((directive) => !REPLACED.test(directive))].join(", ");
}
