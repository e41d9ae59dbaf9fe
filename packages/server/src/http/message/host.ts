/** What a `Host` header may say (RFC 9110, 7.2): a host and perhaps a port, so that a URL can be made of it. */

import { isIPv6 } from "node:net";
import { HTTP_HEADER } from "@perennial/protocol";
import type { RequestProblem } from "../problems.ts";
import type { HttpRequest } from "./request.ts";

const PORT = "[0-5]?[0-9]{0,4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]";
/** A name or an IPv4 address. */
const NAME = new RegExp(`^[A-Za-z0-9\\-._~]+(?::(?:${PORT}))?$`);
const BRACKETED = new RegExp(`^\\[([0-9A-Fa-f:.]+)\\](?::(?:${PORT}))?$`);

/** The text that was last found to be a host: nearly all requests name the same one. */
let lastHost = "";

/** Whether the text is one host. Two `Host` lines, joined by a comma, are none. */
export function isHost(text: string): boolean {
  if (text === lastHost && text !== "") return true;
  const isOne = NAME.test(text) || isIPv6(BRACKETED.exec(text)?.[1] ?? "");
  if (isOne) lastHost = text;
  return isOne;
}

/**
 * What is wrong with the `Host` of a request, if anything.
 *
 * @param isRequired whether there must be one, as in HTTP/1.1
 */
export function hostProblem(request: HttpRequest, isRequired: boolean): RequestProblem | undefined {
  const host = request.header(HTTP_HEADER.host);
  if (host === undefined) {
    return isRequired ? { kind: "bad-header", header: HTTP_HEADER.host, reason: "is missing" } : undefined;
  }
  if (isHost(host)) return undefined;
  return { kind: "bad-header", header: HTTP_HEADER.host, reason: "must be one host, perhaps with a port" };
}
