/** Who may do what, once a server has services: the one place that says it. Pure, but for what the services know. */
import { HEADER, isTrue, ok, type Result, reject, STREAM_ROOT } from "@perennial/protocol";
import type { Soon } from "../../journal/contract/index.ts";
import type { AskedRequest } from "../../services/authorize.ts";
import type { HeldToken, Holding, Operation, SentCredential } from "../../services/holder.ts";
import { pathWithin } from "../../services/service-paths.ts";
import type { ServiceUsage } from "../../services/usage.ts";
import type { HttpRequest } from "../message/request.ts";
import type { RequestProblem } from "../problems.ts";
import { credentialOf } from "./credential.ts";

/**
 * What a request may touch. Operations that take a path from elsewhere than the URL, or whose verb shows in the body only, ask it
 * (`mayDo`).
 */
export interface Scope {
  /** All that it touches begins with this, or is a document of the service. */
  readonly prefix: string;
  /** Whose streams; undefined: anybody's. */
  readonly service: string | undefined;
  /** What the service uses and may use. */
  readonly usage: ServiceUsage | undefined;
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
  /** What a part of the server with a path of its own makes of a stream, if it says of which. */
  | { readonly kind: "mount"; readonly path: string | undefined };

/** What is known of services. */
export interface KnownServices {
  readonly isGuarded: boolean;
  holderOf(credential: SentCredential): Soon<Holding>;
  /** Who an embedder says that has sent a request; undefined: there is nobody to ask. */
  askedHolder(request: AskedRequest): Promise<Holding> | undefined;
  /** A request was refused for whose it was, or for how much there was of it. */
  noteRefused(status: number, method: string, target: string): void;
  /** Whether nobody may use the service now whose streams begin so. */
  isDisabled(prefix: string): boolean;
}

type Judged = Result<Scope, RequestProblem>;

const ROOT = `${STREAM_ROOT}/`;
const EVERYTHING = ok<Scope>({
  prefix: ROOT,
  service: undefined,
  usage: undefined,
  token: undefined,
  isKept: true,
});
const UNAUTHORIZED = reject<RequestProblem>({ kind: "unauthorized" });

/**
 * What the request may touch, or why nothing. Who has no right learns nothing: services that there are and those that are not,
 * streams of others and those that are not, are refused with the same words after the same steps.
 *
 * @returns a promise only for a token that was not seen lately, and for what an embedder decides
 */
export function scopeOf(services: KnownServices, request: HttpRequest, target: Target): Soon<Judged> {
  if (!services.isGuarded) return EVERYTHING;
  const credential = credentialOf(request);
  if (credential === undefined) return askEmbedder(services, request, target);
  const holding = services.holderOf(credential);
  return holding instanceof Promise
    ? holding.then((settled) => judgeSent(services, settled, credential, request, target))
    : judgeSent(services, holding, credential, request, target);
}

/** What the server does not know itself, an embedder may. */
function judgeSent(
  services: KnownServices,
  holding: Holding,
  { isHeader }: SentCredential,
  request: HttpRequest,
  target: Target,
): Soon<Judged> {
  return holding.kind === "rejected" && holding.rejection === "unknown"
    ? askEmbedder(services, request, target)
    : judge(holding, isHeader, request, target);
}

function askEmbedder(services: KnownServices, request: HttpRequest, target: Target): Soon<Judged> {
  const { method, target: url } = request;
  const asked = services.askedHolder({ method, url, header: (name) => request.header(name) });
  // By what it goes, nobody knows here: no cache may keep the answer.
  return asked?.then((holding) => judge(holding, false, request, target)) ?? UNAUTHORIZED;
}

function judge(holding: Holding, isHeader: boolean, request: HttpRequest, target: Target): Judged {
  if (holding.kind === "rejected")
    return holding.rejection === "expired" ? reject({ kind: "token-expired" }) : UNAUTHORIZED;
  const { service, usage, token } = holding.value;
  // A secret stays valid for long: where it would end up in histories and logs, it does not count.
  if (token === undefined && !isHeader) return UNAUTHORIZED;
  const scope: Scope = { prefix: service.root, service: service.id, usage, token, isKept: isHeader };
  if (target.kind !== "service" && !(target.path !== undefined && isWithin(scope, target.path)))
    return UNAUTHORIZED;
  if (service.state !== "enabled") return reject({ kind: "service-disabled" });
  const problem =
    (token === undefined ? undefined : tokenProblem(scope, token, request, target)) ??
    (isWrite(request) ? usage.write() : undefined);
  return problem === undefined ? ok(scope) : reject(problem);
}

/** Whether a request adds something. Who is at a limit may still delete. */
function isWrite({ method }: HttpRequest): boolean {
  return method === "POST" || method === "PUT";
}

/** Why a token does not allow a request, as far as its head tells. */
function tokenProblem(
  scope: Scope,
  { writes }: HeldToken,
  request: HttpRequest,
  target: Target,
): RequestProblem | undefined {
  const operation = target.kind === "mount" ? mountOperationOf(request) : operationOf(request);
  if (target.kind !== "service" && target.path !== undefined && operation !== undefined) {
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

/** The same, of what is no stream to its client: headers that make another thing of an append or a creation do not count there. */
function mountOperationOf({ method }: HttpRequest): Operation | undefined {
  const operations: Readonly<Record<string, Operation>> = {
    ...{ GET: "read", HEAD: "read", POST: "append", PUT: "create", DELETE: "delete" },
  };
  return operations[method];
}

/** Whether a path, or a prefix of paths, is within a scope. */
export function isWithin({ prefix, service }: Scope, path: string): boolean {
  return path.startsWith(prefix) || (service !== undefined && pathWithin(service, path) !== undefined);
}

/**
 * Why somebody may not do something, if they may not.
 *
 * @param path canonical, within the scope; for `list` a prefix of whole segments that ends in a slash
 * @param producer as which producer, if as any
 */
export function mayDo(
  { prefix, service, token }: Scope,
  operation: Operation,
  path: string,
  producer?: string,
): RequestProblem | undefined {
  if (token === undefined || service === undefined) return undefined;
  // Nearly all paths are of this kind: to put the prefix together again for each costs as much as the rest of it.
  const inside = path.startsWith(prefix) ? path.slice(prefix.length) : (pathWithin(service, path) ?? "");
  const within = inside.endsWith("/") ? inside.slice(0, -1) : inside;
  return token.allows({ operation, path: within, producer }) ? undefined : { kind: "forbidden", operation };
}

/** Why a body is too long for whoever sent it, or more than its service may send, if so. Asked once for each body: it counts. */
export function bodyProblem({ token, usage }: Scope, byteLength: number): RequestProblem | undefined {
  if (token?.bytes !== undefined && byteLength > token.bytes)
    return { kind: "body-too-large", limit: token.bytes };
  return usage?.body(byteLength);
}

/** When whoever reads live loses the right to, epoch milliseconds; `Infinity`: not by itself. */
export function rightsEndAt({ token }: Scope): number {
  return token?.expiresAt ?? Number.POSITIVE_INFINITY;
}
