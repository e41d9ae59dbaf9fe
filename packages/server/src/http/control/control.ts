/** From a request to what it does with subscriptions (protocol §18.1). */
import { CONTROL_SEGMENT, HEADER, STREAM_ROOT } from "@perennial/protocol";
import type { Soon } from "../../journal/contract/index.ts";
import { invalid, notFound, unavailable } from "../../subscription/core/rejections.ts";
import { mayDo, type Scope } from "../access/scope.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import { parseQuery } from "../message/query.ts";
import type { Reply } from "../message/reply.ts";
import type { HttpRequest } from "../message/request.ts";
import { jsonReply, refusalReply, wrongMethod } from "./control-reply.ts";
import { decoded } from "./control-request.ts";
import { manage } from "./manage.ts";
import { work } from "./work.ts";

const ROOT = `${STREAM_ROOT}/${CONTROL_SEGMENT}`;
const SUBSCRIPTIONS = `${ROOT}/subscriptions`;
const JWKS = `${ROOT}/jwks.json`;
const KEYS = `${ROOT}/keys/rotate`;
/** Characters of an id. */
const ID_MAX = 256;

/** Whether a path belongs to subscriptions. */
export function isControl(path: string): boolean {
  if (!path.startsWith(ROOT)) return false;
  return path === JWKS || path === KEYS || path === SUBSCRIPTIONS || path.startsWith(`${SUBSCRIPTIONS}/`);
}

const NO_ID = `the id of a subscription has 1 to ${ID_MAX} characters, percent-encoded, and is neither . nor ..`;

/** Dots alone would vanish from the addresses that workers call back to: clients take them for steps in a path. */
function isId(name: string): boolean {
  return name !== "" && name.length <= ID_MAX && name !== "." && name !== "..";
}

/** What workers send comes with a token of its own, which is all they need. */
const WORKER_ACTIONS: ReadonlySet<string> = new Set(["callback", "ack", "release"]);

/**
 * Answers a request.
 *
 * @param path as sent, without the query
 * @param within gives the scope of whoever asks for a service's things
 */
export function control(
  context: Context,
  request: HttpRequest,
  path: string,
  within: (operation: (scope: Scope) => Soon<Reply>) => Soon<Reply>,
): Soon<Reply> {
  if (path === JWKS) return jwks(context, request);
  if (path === KEYS) return within(() => rotate(context, request));
  const [id, ...rest] =
    path.length > SUBSCRIPTIONS.length + 1 ? path.slice(SUBSCRIPTIONS.length + 1).split("/") : [];
  const name = id === undefined ? undefined : decoded(id);
  if (id !== undefined && (name === undefined || !isId(name))) return refusalReply(invalid(NO_ID));
  const question = request.target.indexOf("?");
  const query = parseQuery(question < 0 ? "" : request.target.slice(question + 1));
  const asked = { request, id: name, rest, query };
  if (name !== undefined && rest.length === 1 && WORKER_ACTIONS.has(rest[0]!))
    return request.method === "POST"
      ? work(context, { ...asked, scope: "" }, name)
      : wrongMethod("POST, OPTIONS");
  return within((scope) => {
    const problem = mayDo(scope, "subscribe", scope.prefix);
    return problem === undefined ? manage(context, { ...asked, scope: scope.prefix }) : problemReply(problem);
  });
}

function jwks({ subscriptions }: Context, { method }: HttpRequest): Reply {
  if (method !== "GET") return wrongMethod("GET, OPTIONS");
  return {
    status: 200,
    headers: [HEADER.contentType, "application/jwk-set+json", HEADER.cacheControl, "public, max-age=300"],
    body: Buffer.from(JSON.stringify(subscriptions.subscriptions.keys.jwks())),
  };
}

/** New keys are the server's, not a service's. */
async function rotate(context: Context, { method }: HttpRequest): Promise<Reply> {
  if (context.services.isGuarded) return refusalReply(notFound("keys are rotated by the server's operator"));
  if (method !== "POST") return wrongMethod("POST, OPTIONS");
  const isDone = await context.subscriptions.subscriptions.keys.rotate();
  return isDone
    ? jsonReply(200, context.subscriptions.subscriptions.keys.jwks())
    : refusalReply(unavailable());
}
