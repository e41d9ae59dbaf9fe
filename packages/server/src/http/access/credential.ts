/** What a request sends to show who it is from. */
import { HTTP_HEADER } from "@perennial/protocol";
import type { SentCredential } from "../../services/holder.ts";
import { parseQuery } from "../message/query.ts";
import type { HttpRequest } from "../message/request.ts";

/** Where an `EventSource`, which can send no headers, puts its token (RFC 6750, 2.3). */
export const TOKEN_PARAMETER = "access_token";
/** The cookie in which pages of the same site may have it sent. */
const TOKEN_COOKIE = "perennial_token";

/**
 * The credential of a request. In queries and cookies it is looked for by reads only: links and forms of other sites can write
 * neither then.
 */
export function credentialOf(request: HttpRequest): SentCredential | undefined {
  const header = request.header(HTTP_HEADER.authorization);
  if (header !== undefined) return { sent: header, isHeader: true };
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  const text = inQuery(request.target) ?? inCookies(request.header("Cookie"));
  return text === undefined ? undefined : { sent: text, isHeader: false };
}

/** A parameter given twice is none: which of them counts is nobody's guess. */
function inQuery(target: string): string | undefined {
  const question = target.indexOf("?");
  if (question < 0) return undefined;
  const { values, repeated } = parseQuery(target.slice(question + 1));
  return repeated.has(TOKEN_PARAMETER) ? undefined : values.get(TOKEN_PARAMETER);
}

function inCookies(cookies: string | undefined): string | undefined {
  const prefix = `${TOKEN_COOKIE}=`;
  const found = cookies?.split(/; ?/).filter((cookie) => cookie.startsWith(prefix)) ?? [];
  return found.length === 1 ? found[0]!.slice(prefix.length) : undefined;
}
