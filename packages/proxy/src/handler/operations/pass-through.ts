import { stream } from "@perennial/client";
import { HEADER } from "@perennial/protocol";
import { wholeBody } from "../../core/whole-body.ts";
import { PROXY_HEADER, PROXY_PATH } from "../../core/words.ts";
import { passThroughProblem } from "../auth.ts";
import type { Context } from "../context.ts";
import { errorResponse } from "../http/errors.ts";
import { type Creators, createFor, readUrl } from "./create.ts";

/**
 * The upstream's address in the path of a request: `/v1/proxy/https://api.example.com/…`. Where slashes were joined on the way, one will
 * do.
 */
const ADDRESS = new RegExp(`^${PROXY_PATH}/(https?):/{1,2}([^/].*)$`, "i");

/** The upstream's address, if a path has one. */
export function addressIn(pathname: string, search: string): string | undefined {
  const [, scheme, rest] = ADDRESS.exec(pathname) ?? [];
  return scheme === undefined ? undefined : `${scheme}://${rest}${search}`;
}

/**
 * `{any method} /v1/proxy/{address}`: answers as the upstream does, for clients of which nothing can be changed but a base URL. What
 * they get is read from the stream, so the answer goes on without them, and a request with the same `Idempotency-Key` gets it
 * from its first byte.
 */
export async function passThrough(creators: Creators, request: Request, address: string): Promise<Response> {
  const { context } = creators;
  const problem = await passThroughProblem(context.settings, request);
  if (problem !== undefined) return errorResponse(problem.code, problem.message);
  const creation = await createFor(creators, forwarded(request), request.method, address);
  if (creation.kind === "failed") return errorResponse(creation.problem.code, creation.problem.message);
  if (creation.kind === "refused") {
    const { body, headers, status } = creation;
    return new Response(body, { status, headers: headers as [string, string][] });
  }
  const headers = {
    [HEADER.contentType]: creation.contentType,
    [HEADER.location]: readUrl(context, request, creation.id),
    [PROXY_HEADER.upstreamContentType]: creation.contentType,
    [HEADER.cacheControl]: "no-store",
  };
  return new Response(await bodyOf(context, creation.id, request), { status: 200, headers });
}

/** `Authorization` is the upstream's here. */
function forwarded(request: Request): Request {
  const headers = new Headers(request.headers);
  const authorization = headers.get("authorization");
  if (authorization !== null) headers.set(PROXY_HEADER.upstreamAuthorization, authorization);
  return new Request(request, { headers });
}

async function bodyOf(
  context: Context,
  id: string,
  { signal }: Request,
): Promise<ReadableStream<Uint8Array>> {
  const { backend, records } = context;
  const description = records.remembered(id);
  const endWatch =
    description === undefined || context.running.has(id) ? undefined : context.orphans.watch(id, description);
  const response = await stream({
    ...{ url: backend.bytes(id), live: "sse", signal, fetch: backend.fetch, warnOnHttp: false },
    headers: { ...backend.headers },
    backoffOptions: { initialDelay: 20, maxDelay: 1_000, deadline: 60_000 },
  });
  return wholeBody({
    body: response.bodyStream(),
    signal,
    outcome: () => records.outcome(id),
    ...(endWatch !== undefined && { onOver: endWatch }),
  });
}
