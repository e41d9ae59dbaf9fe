/** Who may do what, once a server has services: the one place that says it. Pure, but for what the services know. */
import { HEADER, isTrue, ok, type Result, reject, STREAM_ROOT } from "@perennial/protocol";
import type { Soon } from "../../journal/contract/index.ts";
import type { HeldToken, Holding, Operation, SentCredential } from "../../services/holder.ts";
import type { HttpRequest } from "../message/request.ts";
import type { RequestProblem } from "../problems.ts";
import { credentialOf } from "./credential.ts";

/**
 * What a request may touch. Operations that take a path from elsewhere than the URL, or whose verb shows in the body only, ask it
 * (`mayDo`).
 */
export interface Scope {
  /** All that it touches begins with this. */
  readonly prefix: string;
  /** What restricts it further. */
  readonly token: HeldToken | undefined;
  /** Whether the client's own cache may keep the answer: not if it does not know by what it was asked for. */
  readonly isKept: boolean;
}

/** What a request is about. */
export type Target =
  /** One stream, by its canonical path. */
  | { readonly kind: "stream"; readonly path: string }
  /** What is the same for a whole service: the list of its streams. The operation asks whether it may. */
  | { readonly kind: "service" }
  /** What does not ask for credentials and does not pass them on. */
  | { readonly kind: "mount" };

/** What is known of services. */
export interface KnownServices {
  readonly isGuarded: boolean;
  holderOf(credential: SentCredential): Soon<Holding>;
}

type Judged = Result<Scope, RequestProblem>;

const ROOT = `${STREAM_ROOT}/`;
const EVERYTHING = ok<Scope>({ prefix: ROOT, token: undefined, isKept: true });
const UNAUTHORIZED = reject<RequestProblem>({ kind: "unauthorized" });

/**
 * What the request may touch, or why nothing. Who has no right learns nothing: services that there are and those that are not,
 * streams of others and those that are not, are refused with the same words after the same steps.
 *
 * @returns a promise only for a token that was not seen lately
 */
export function scopeOf(services: KnownServices, request: HttpRequest, target: Target): Soon<Judged> {
  if (!services.isGuarded) return EVERYTHING;
  const credential = credentialOf(request);
  if (credential === undefined) return UNAUTHORIZED;
  const holding = services.holderOf(credential);
  return holding instanceof Promise
    ? holding.then((settled) => judge(settled, credential, request, target))
    : judge(holding, credential, request, target);
}

function judge(holding: Holding, { isHeader }: SentCredential, request: HttpRequest, target: Target): Judged {
  if (holding.kind === "rejected")
    return holding.rejection === "expired" ? reject({ kind: "token-expired" }) : UNAUTHORIZED;
  const { service, token } = holding.value;
  // A secret stays valid for long: where it would end up in histories and logs, it does not count.
  if (target.kind === "mount" || (token === undefined && !isHeader)) return UNAUTHORIZED;
  const scope: Scope = { prefix: `${ROOT}${service.id}/`, token, isKept: isHeader };
  if (target.kind === "stream" && !target.path.startsWith(scope.prefix)) return UNAUTHORIZED;
  if (service.state !== "enabled") return reject({ kind: "service-disabled" });
  const problem = token === undefined ? undefined : tokenProblem(scope, token, request, target);
  return problem === undefined ? ok(scope) : reject(problem);
}

/** Why a token does not allow a request, as far as its head tells. */
function tokenProblem(
  scope: Scope,
  { writes }: HeldToken,
  request: HttpRequest,
  target: Target,
): RequestProblem | undefined {
  const operation = operationOf(request);
  if (target.kind === "stream" && operation !== undefined) {
    const problem = mayDo(scope, operation, target.path, request.header(HEADER.producerId));
    if (problem !== undefined) return problem;
  }
  if (writes === undefined || operation === undefined || operation === "read" || writes.spend())
    return undefined;
  return { kind: "token-rate", limit: writes.limit };
}

/** What a request does to the stream of its URL. Methods that nobody knows do nothing. */
function operationOf(request: HttpRequest): Operation | undefined {
  switch (request.method) {
    case "GET":
    case "HEAD":
      return "read";
    case "POST":
      return isTrue(request.header(HEADER.streamClosed)) ? "close" : "append";
    case "PUT":
      return request.header(HEADER.streamForkedFrom) === undefined ? "create" : "fork";
    case "DELETE":
      return "delete";
    default:
      return undefined;
  }
}

/**
 * Why somebody may not do something, if they may not.
 *
 * @param path canonical, within the scope; for `list` a prefix of whole segments that ends in a slash
 * @param producer as which producer, if as any
 */
export function mayDo(
  { prefix, token }: Scope,
  operation: Operation,
  path: string,
  producer?: string,
): RequestProblem | undefined {
  if (token === undefined) return undefined;
  const within = path.slice(prefix.length).replace(/\/$/, "");
  return token.allows({ operation, path: within, producer }) ? undefined : { kind: "forbidden", operation };
}

/** Why a body is too long for whoever sent it, if it is. */
export function bodyProblem({ token }: Scope, byteLength: number): RequestProblem | undefined {
  if (token?.bytes === undefined || byteLength <= token.bytes) return undefined;
  return { kind: "body-too-large", limit: token.bytes };
}

/** When whoever reads live loses the right to, epoch milliseconds; `Infinity`: not by itself. */
export function rightsEndAt({ token }: Scope): number {
  return token?.expiresAt ?? Number.POSITIVE_INFINITY;
}
