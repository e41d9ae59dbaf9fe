/** What whoever makes subscriptions does with them, and what pull workers ask first (protocol §18.1). */
import { ok } from "@perennial/protocol";
import { invalid, notFound, type Refusal } from "../../subscription/core/rejections.ts";
import { parsePath, parsePaths, parseWanted, parseWorker } from "../../subscription/core/requests.ts";
import { CONTROL_ROOT } from "../../subscription/delivery.ts";
import type { Subscription } from "../../subscription/subscription.ts";
import { scopeWithin } from "../../subscription/subscriptions.ts";
import { deadLetterView, summary, view, wakeStreams } from "../../subscription/views.ts";
import type { Context } from "../context.ts";
import { problemReply } from "../errors.ts";
import type { Reply } from "../message/reply.ts";
import { parseLimit } from "../operations/extension-page.ts";
import { membersOf } from "./body.ts";
import { jsonReply, NO_CONTENT, refusalReply, wrongMethod } from "./control-reply.ts";
import { type ControlRequest, decoded } from "./control-request.ts";

type Outcome<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "rejected"; readonly rejection: Refusal };

export async function manage(context: Context, asked: ControlRequest): Promise<Reply> {
  const { id, rest, request } = asked;
  const { method } = request;
  if (id === undefined) return method === "GET" ? list(context, asked) : wrongMethod("GET, OPTIONS");
  const [part, ...path] = rest;
  switch (part) {
    case undefined:
      return ofOne(context, asked, id);
    case "streams":
      return ofStreams(context, asked, id, path);
    case "claim":
      if (path.length > 0) break;
      return method === "POST" ? claim(context, asked, id) : wrongMethod("POST, OPTIONS");
    case "replay":
      if (path.length > 0) break;
      if (method !== "POST") return wrongMethod("POST, OPTIONS");
      return empty(await subscriptionsOf(context).replay(asked.scope, id));
    case "dead-letters":
      return ofDeadLetters(context, asked, id, path);
  }
  return refusalReply(notFound("there is nothing of that name in the control API"));
}

function subscriptionsOf({ subscriptions }: Context): Context["subscriptions"]["subscriptions"] {
  return subscriptions.subscriptions;
}

function empty(outcome: Outcome<unknown>): Reply {
  return outcome.kind === "rejected" ? refusalReply(outcome.rejection) : NO_CONTENT;
}

function viewOf(context: Context, { request }: ControlRequest, subscription: Subscription): object {
  const { kid } = subscriptionsOf(context).keys;
  return view(subscription, { kid, base: `${request.origin()}${CONTROL_ROOT}` });
}

async function ofOne(context: Context, asked: ControlRequest, id: string): Promise<Reply> {
  const { request, scope } = asked;
  switch (request.method) {
    case "PUT":
      return create(context, asked, id);
    case "GET": {
      const found = await subscriptionsOf(context).find(scope, id);
      if (found.kind === "rejected") return refusalReply(found.rejection);
      return jsonReply(200, viewOf(context, asked, found.value));
    }
    case "DELETE":
      return empty(await subscriptionsOf(context).delete(scope, id));
    default:
      return wrongMethod("GET, PUT, DELETE, OPTIONS");
  }
}

async function create(context: Context, asked: ControlRequest, id: string): Promise<Reply> {
  const { request, scope } = asked;
  const members = await membersOf(request);
  if (members.kind === "rejected") return members.rejection;
  const wanted = parseWanted(members.value, scopeWithin(scope));
  if (wanted.kind === "rejected") return refusalReply(wanted.rejection);
  const created = await subscriptionsOf(context).create(scope, id, wanted.value, request.origin());
  if (created.kind === "rejected") return refusalReply(created.rejection);
  const { subscription, isNew } = created.value;
  return jsonReply(isNew ? 201 : 200, viewOf(context, asked, subscription));
}

async function ofStreams(
  context: Context,
  { request, scope }: ControlRequest,
  id: string,
  rest: readonly string[],
): Promise<Reply> {
  const within = scopeWithin(scope);
  if (rest.length === 0) {
    if (request.method !== "POST") return wrongMethod("POST, OPTIONS");
    const members = await membersOf(request);
    if (members.kind === "rejected") return members.rejection;
    const { streams } = members.value;
    if (!Array.isArray(streams)) return refusalReply(invalid("streams must be an array of paths"));
    const paths = parsePaths(streams, within);
    if (paths.kind === "rejected") return refusalReply(paths.rejection);
    return empty(await subscriptionsOf(context).addStreams(scope, id, paths.value));
  }
  if (request.method !== "DELETE") return wrongMethod("DELETE, OPTIONS");
  // Slashes may be encoded or not; a name that holds one has it encoded twice.
  const path = decoded(rest.join("/"));
  const parsed = parsePath(path, within);
  const known = parsed.kind === "ok" ? parsed : parsePath(rest.join("/"), within);
  if (known.kind === "rejected") return refusalReply(known.rejection);
  return empty(await subscriptionsOf(context).removeStream(scope, id, known.value));
}

async function claim(context: Context, { request, scope }: ControlRequest, id: string): Promise<Reply> {
  const members = await membersOf(request);
  if (members.kind === "rejected") return members.rejection;
  const worker = parseWorker(members.value);
  if (worker.kind === "rejected") return refusalReply(worker.rejection);
  const claimed = await context.subscriptions.workers.claim(scope, id, worker.value);
  if (claimed.kind === "rejected") return refusalReply(claimed.rejection);
  const { subscription, token, wakeId, generation } = claimed.value;
  return jsonReply(200, {
    ...{ wake_id: wakeId, generation, token, streams: wakeStreams(subscription) },
    lease_ttl_ms: subscription.settings.leaseMs,
  });
}

async function ofDeadLetters(
  context: Context,
  { request, scope }: ControlRequest,
  id: string,
  [wakeId, ...more]: readonly string[],
): Promise<Reply> {
  if (more.length > 0) return refusalReply(notFound("there is nothing of that name in the control API"));
  if (wakeId !== undefined) {
    if (request.method !== "DELETE") return wrongMethod("DELETE, OPTIONS");
    return empty(await subscriptionsOf(context).discard(scope, id, wakeId));
  }
  if (request.method !== "GET") return wrongMethod("GET, OPTIONS");
  const letters = await subscriptionsOf(context).deadLetters(scope, id);
  if (letters.kind === "rejected") return refusalReply(letters.rejection);
  return jsonReply(200, { dead_letters: letters.value.map(deadLetterView) });
}

/** All of them, page by page; with `stream` those that are about it. */
function list(context: Context, { query, scope }: ControlRequest): Reply {
  const limit = parseLimit(query);
  if (limit.kind === "rejected") return problemReply(limit.rejection);
  const named = query.values.get("stream");
  const stream = named === undefined ? ok(undefined) : parsePath(named, scopeWithin(scope));
  if (stream.kind === "rejected") return refusalReply(stream.rejection);
  const page = subscriptionsOf(context).list(scope, query.values.get("after"), limit.value, stream.value);
  const next = page.length === limit.value ? page.at(-1)!.settings.id : undefined;
  return jsonReply(200, { subscriptions: page.map(summary), next });
}
