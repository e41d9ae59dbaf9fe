/** From a request to its operation. */
import { type PathProblem, parseStreamPath, type Result } from "@perennial/protocol";
import { confidential } from "./access/confidential.ts";
import { type Scope, scopeOf, type Target } from "./access/scope.ts";
import type { Context } from "./context.ts";
import { control, isControl } from "./control/control.ts";
import { problemReply } from "./errors.ts";
import { streamProblem } from "./limits/stream-limit.ts";
import { parseQuery, type Query } from "./message/query.ts";
import type { Reply } from "./message/reply.ts";
import type { HttpRequest } from "./message/request.ts";
import { inFormOf, isAnotherAsUrl, type Mount, mounted, mountOf, streamOfMount, writerOf } from "./mount.ts";
import { append } from "./operations/append.ts";
import { asset } from "./operations/asset.ts";
import { CHANGES_PATH, changes } from "./operations/changes.ts";
import { create } from "./operations/create.ts";
import { deleteStream } from "./operations/delete.ts";
import { head } from "./operations/head.ts";
import { HEALTH_PATH, health } from "./operations/health.ts";
import { LIST_PATH, list } from "./operations/list.ts";
import { preflight, STREAM_METHODS } from "./operations/preflight.ts";
import { PRODUCERS_PATH, producers } from "./operations/producers.ts";
import { read } from "./operations/read.ts";
import { USAGE_PATH, usage } from "./operations/usage.ts";
import type { RequestProblem } from "./problems.ts";
import { underStandardRoot } from "./stream-roots.ts";

const PATH_IS_ANOTHER =
  "The path is another one as a URL: it has segments of dots, or characters that are to be percent-encoded.";

/** What is about all streams of a service. */
const SERVICE: Target = { kind: "service" };

/** Answers a request, whatever it is. Rejects only if there is a bug; the door turns that into a 500. */
export function route(context: Context, request: HttpRequest): Reply | Promise<Reply> {
  const { config } = context;
  const { target, method } = request;
  if (target.length > config.urlBytes)
    return problemReply({ kind: "target-too-long", limit: config.urlBytes });
  if (method === "OPTIONS") return preflight();
  const question = target.indexOf("?");
  const sentPath = question < 0 ? target : target.slice(0, question);
  if (sentPath.startsWith(HEALTH_PATH)) {
    const reply = health(context, method, sentPath);
    if (reply !== undefined) return reply;
  }
  const mount = config.mounts.length > 0 ? mountOf(config.mounts, sentPath) : undefined;
  if (mount !== undefined) {
    const reply = mountRequest(context, request, mount, sentPath);
    return reply instanceof Promise ? reply.then((come) => inFormOf(mount, come)) : inFormOf(mount, reply);
  }
  const rawPath = context.roots.length === 0 ? sentPath : withoutRoot(context, sentPath);
  const query = (): Query => queryOf(target, question);
  if (rawPath === LIST_PATH)
    return within(context, request, SERVICE, (scope) => list(context, scope, request, query()));
  if (rawPath === CHANGES_PATH)
    return within(context, request, SERVICE, (scope) => changes(context, scope, request, query()));
  if (rawPath === USAGE_PATH)
    return within(context, request, SERVICE, (scope) => usage(scope, request, query()));
  if (rawPath === PRODUCERS_PATH)
    return within(context, request, SERVICE, (scope) => producers(context, scope, request, query()));
  if (isControl(rawPath))
    return control(context, request, rawPath, (operation) => within(context, request, SERVICE, operation));
  const parsed = parseStreamPath(rawPath, config.pathBytes);
  if (parsed.kind === "rejected") return outside(context, request, rawPath, parsed.rejection);
  const path = parsed.value;
  return within(context, request, { kind: "stream", path }, (scope) =>
    operate(context, scope, request, path, query),
  );
}

/** A request to a part of the server with a path of its own. */
function mountRequest(
  context: Context,
  request: HttpRequest,
  mount: Mount,
  sentPath: string,
): Reply | Promise<Reply> {
  if (isAnotherAsUrl(sentPath)) return problemReply({ kind: "bad-path", reason: PATH_IS_ANOTHER });
  const path = context.services.isGuarded ? streamOfMount(mount, request.target) : undefined;
  return within(context, request, { kind: "mount", path }, (scope) => {
    const isNew = request.method === "PUT" && path !== undefined;
    const problem = isNew ? streamProblem(context, scope, path) : undefined;
    if (problem !== undefined) return problemReply(problem);
    return mounted(mount, scope, request, (rewritten) => routeRead(context, scope, request, rewritten));
  });
}

/**
 * Does what is asked within what the request may touch. There is no way around it: operations that could reach further than the
 * stream of the URL take a scope, which nobody else has.
 */
function within(
  context: Context,
  request: HttpRequest,
  target: Target,
  operation: (scope: Scope) => Reply | Promise<Reply>,
): Reply | Promise<Reply> {
  const scope = scopeOf(context.services, request, target);
  if (scope instanceof Promise) return scope.then((settled) => inScope(context, request, settled, operation));
  return inScope(context, request, scope, operation);
}

function inScope(
  context: Context,
  request: HttpRequest,
  scope: Result<Scope, RequestProblem>,
  operation: (scope: Scope) => Reply | Promise<Reply>,
): Reply | Promise<Reply> {
  if (scope.kind === "rejected") return problemReply(scope.rejection);
  const { isKept } = scope.value;
  const reply = operation(scope.value);
  // Answers to other methods say no-store, or nothing that would let a cache keep them.
  if (!context.services.isGuarded || !isRead(request)) return reply;
  return reply instanceof Promise
    ? reply.then((come) => confidential(come, isKept))
    : confidential(reply, isKept);
}

function isRead({ method }: HttpRequest): boolean {
  return method === "GET" || method === "HEAD";
}

/** The operation on a stream that the method names. */
function operate(
  context: Context,
  scope: Scope,
  request: HttpRequest,
  path: string,
  query: () => Query,
): Reply | Promise<Reply> {
  const { mounts } = context.config;
  const writer = mounts.length === 0 || isRead(request) ? undefined : writerOf(mounts, path);
  if (writer !== undefined && !context.isInside)
    return problemReply({ kind: "written-by-service", prefix: writer.prefix });
  switch (request.method) {
    case "POST":
      return append(context, scope, request, path);
    case "GET":
      return read(context, scope, request, path, query());
    case "HEAD":
      return head(context, path);
    case "PUT":
      return create(context, scope, request, path);
    case "DELETE":
      return deleteStream(context, request, path);
    default:
      return problemReply({ kind: "method-not-allowed", allow: STREAM_METHODS });
  }
}

/** A read of a stream that a service is built of. */
function routeRead(
  context: Context,
  scope: Scope,
  request: HttpRequest,
  target: string,
): Reply | Promise<Reply> {
  const question = target.indexOf("?");
  const { pathBytes } = context.config;
  const path = parseStreamPath(question < 0 ? target : target.slice(0, question), pathBytes);
  if (path.kind === "rejected") return problemReply(pathProblem(path.rejection, pathBytes));
  if (request.method === "HEAD") return head(context, path.value);
  return read(context, scope, request, path.value, queryOf(target, question));
}

/** A path as under the standard root. The explorer comes first: with the root `/` all its files lie under one. */
function withoutRoot({ roots, assets }: Context, sentPath: string): string {
  return assets.find(sentPath) === undefined ? underStandardRoot(sentPath, roots) : sentPath;
}

/** What names no stream: a file of the explorer, or a problem. */
function outside(
  { config, assets }: Context,
  request: HttpRequest,
  rawPath: string,
  problem: PathProblem,
): Reply {
  const found = problem.code === "not_stream" ? assets.find(rawPath) : undefined;
  return found === undefined ? problemReply(pathProblem(problem, config.pathBytes)) : asset(request, found);
}

function queryOf(target: string, question: number): Query {
  return parseQuery(question < 0 ? "" : target.slice(question + 1));
}

function pathProblem({ code, message }: PathProblem, limit: number): RequestProblem {
  switch (code) {
    case "not_stream":
      return { kind: "no-such-resource" };
    case "control":
      return { kind: "no-control-api" };
    case "too_long":
      return { kind: "path-too-long", limit };
    default:
      return { kind: "bad-path", reason: message };
  }
}
