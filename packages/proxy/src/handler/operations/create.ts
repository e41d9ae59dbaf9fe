import { HEADER } from "@perennial/protocol";
import { validateUpstreamUrl } from "../../core/allowlist.ts";
import { derivedId, digestOf } from "../../core/ids.ts";
import { generatePreSignedUrl } from "../../core/signing.ts";
import { PROXY_HEADER } from "../../core/words.ts";
import { createProblem } from "../auth.ts";
import type { Context } from "../context.ts";
import type { OnceCreator } from "../creation/create-once.ts";
import { type Creation, createStream, type Failed, failed } from "../creation/create-stream.ts";
import { errorResponse } from "../http/errors.ts";
import { publicOrigin } from "../http/origin.ts";
import { isPassedMethod, upstreamRequest } from "../upstream.ts";

/** Headers that say who asks: with other ones, a request is another one. */
const CREDENTIALS = /^(?:authorization|cookie|.*api[-_]?key|.*-token|openai-(?:organization|project))$/;
const KEY_LENGTH = 1_000;

/** What creates: at once, or once for all requests that are the same. */
export interface Creators {
  readonly context: Context;
  readonly once: OnceCreator;
}

/** `POST /v1/proxy`: fetches, keeps, and says where it can be read. The checks are in the order of the protocol. */
export async function create(creators: Creators, request: Request): Promise<Response> {
  const { settings } = creators.context;
  const problem = await createProblem(settings, request);
  if (problem !== undefined) return errorResponse(problem.code, problem.message);
  const url = request.headers.get(PROXY_HEADER.upstreamUrl);
  if (!url) return errorResponse("MISSING_UPSTREAM_URL", `${PROXY_HEADER.upstreamUrl} is needed`);
  const method = request.headers.get(PROXY_HEADER.upstreamMethod)?.toUpperCase();
  if (!method) return errorResponse("MISSING_UPSTREAM_METHOD", `${PROXY_HEADER.upstreamMethod} is needed`);
  const creation = await createFor(creators, request, method, url);
  if (creation.kind === "refused") {
    const { headers, body } = creation;
    return new Response(body, { status: 502, headers: headers as [string, string][] });
  }
  if (creation.kind === "failed") return errorResponse(creation.problem.code, creation.problem.message);
  const headers = {
    [HEADER.location]: readUrl(creators.context, request, creation.id),
    [PROXY_HEADER.upstreamContentType]: creation.contentType,
    [HEADER.cacheControl]: "no-store",
  };
  return new Response(null, { status: creation.kind === "created" ? 201 : 200, headers });
}

/** A URL under which a stream may be read by whoever has it. */
export function readUrl({ settings }: Context, request: Request, id: string): string {
  const expiresAt = Math.floor(Date.now() / 1000) + settings.urlExpirationSeconds;
  return generatePreSignedUrl(publicOrigin(settings, request), id, settings.signingSecrets[0], expiresAt);
}

/** Checks where a request is to go, receives its body, and creates. */
export async function createFor(
  { context, once }: Creators,
  request: Request,
  method: string,
  address: string,
): Promise<Creation> {
  if (!isPassedMethod(method)) return failed("INVALID_UPSTREAM_METHOD", "This method is not passed on");
  const url = validateUpstreamUrl(address);
  if (url === null || !context.settings.allowlist.allows(url))
    return failed("UPSTREAM_NOT_ALLOWED", "The allowlist does not have this upstream");
  const key = request.headers.get(PROXY_HEADER.idempotencyKey);
  if (key !== null && key.length > KEY_LENGTH)
    return failed("INVALID_REQUEST", "The idempotency key is too long");
  const outcome = await context.budget.with(request, async (body) => {
    const sent = await upstreamRequest(context.settings, method, url, request.headers, body);
    if (!key) return createStream(context, crypto.randomUUID(), sent, request.signal);
    const credentials = Object.entries(sent.headers).filter(([name]) => CREDENTIALS.test(name));
    const identity = {
      ...{ key, method, url: url.href, bodyDigest: await digestOf(body) },
      credentials: credentials.sort().flat(),
    };
    return once.create(derivedId(context.settings.signingSecrets[0], identity), sent);
  });
  return outcome.kind === "ok"
    ? outcome.value
    : ({ kind: "failed", problem: outcome.rejection } satisfies Failed);
}
