/** Who may do what. */
import { HTTP_HEADER } from "@perennial/protocol";
import {
  extractBearerToken,
  isCreateToken,
  validatePreSignedUrl,
  validateServiceJwt,
} from "../core/signing.ts";
import { PROXY_HEADER, PROXY_QUERY } from "../core/words.ts";
import type { Problem } from "./http/errors.ts";
import type { Settings } from "./options.ts";

const MESSAGES = {
  MISSING_SECRET: "A secret is needed",
  INVALID_SECRET: "The secret is wrong",
  SIGNATURE_EXPIRED: "This URL is not good any more",
  SIGNATURE_INVALID: "The signature is wrong",
} as const;

/** Why a request may not act for the service, if so. Tokens for creating are no good here. */
export function serviceProblem(settings: Settings, request: Request): Promise<Problem | undefined> {
  return problemOf(settings, request, shownBy(settings, request), () => false);
}

/** Why a request may not create, if so. */
export function createProblem(settings: Settings, request: Request): Promise<Problem | undefined> {
  const isToken = (text: string) => settings.serviceSecrets.some((secret) => isCreateToken(text, secret));
  return problemOf(settings, request, shownBy(settings, request), isToken);
}

/** The same, where `Authorization` and the query are meant for the upstream. */
export function passThroughProblem(settings: Settings, request: Request): Promise<Problem | undefined> {
  const isToken = (text: string) => settings.serviceSecrets.some((secret) => isCreateToken(text, secret));
  return problemOf(settings, request, request.headers.get(PROXY_HEADER.proxyToken), isToken);
}

/** Why a request may not read or abort this stream by its URL, if so. */
export function signatureProblem(
  settings: Settings,
  id: string,
  query: URLSearchParams,
): Problem | undefined {
  const [expires, signature] = [query.get(PROXY_QUERY.expires), query.get(PROXY_QUERY.signature)];
  if (expires === null || signature === null)
    return { code: "MISSING_SIGNATURE", message: "A signed URL is needed" };
  const results = settings.signingSecrets.map((secret) =>
    validatePreSignedUrl(id, expires, signature, secret),
  );
  if (results.some(({ ok }) => ok)) return undefined;
  const [first] = results;
  const code = first?.kind === "rejected" ? first.code : "SIGNATURE_INVALID";
  return { code, message: MESSAGES[code] };
}

/** Whether a request comes with a signature, good or not. */
export function isSigned(query: URLSearchParams): boolean {
  return query.has(PROXY_QUERY.expires) && query.has(PROXY_QUERY.signature);
}

async function problemOf(
  { serviceSecrets, authorize }: Settings,
  request: Request,
  shown: string | null,
  isToken: (text: string) => boolean,
): Promise<Problem | undefined> {
  if (shown !== null && isToken(shown)) return undefined;
  const results = serviceSecrets.map((secret) => validateServiceJwt(shown, undefined, secret));
  if (results.some(({ ok }) => ok)) return undefined;
  if (await authorize?.(request)) return undefined;
  const [first] = results;
  const code = first?.kind === "rejected" ? first.code : "INVALID_SECRET";
  return { code, message: MESSAGES[code] };
}

/** The credential that a request shows. That of the query counts, where both are there. */
function shownBy({ querySecret }: Settings, request: Request): string | null {
  const inQuery = querySecret ? new URL(request.url).searchParams.get(PROXY_QUERY.secret) : null;
  return inQuery ?? extractBearerToken(request.headers.get(HTTP_HEADER.authorization) ?? undefined);
}
