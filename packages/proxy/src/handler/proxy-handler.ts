/** The proxy as a fetch handler, for any runtime. */
import { HEADER } from "@perennial/protocol";
import { PROXY_PATH } from "../core/words.ts";
import { Backend } from "./backend.ts";
import type { Context } from "./context.ts";
import { OnceCreator } from "./creation/create-once.ts";
import { BodyBudget } from "./http/body.ts";
import { withCors } from "./http/cors.ts";
import { errorResponse } from "./http/errors.ts";
import { Lease } from "./lease.ts";
import { abort } from "./operations/abort.ts";
import { type Creators, create } from "./operations/create.ts";
import { head } from "./operations/head.ts";
import { addressIn, passThrough } from "./operations/pass-through.ts";
import { read } from "./operations/read.ts";
import { remove } from "./operations/remove.ts";
import { type ProxyHandlerOptions, parseOptions } from "./options.ts";
import { Orphans } from "./orphans.ts";
import { Records } from "./records.ts";
import { Running } from "./running.ts";

/** A proxy as a part of another server. */
export interface ProxyHandler {
  /** Answers a request under `/v1/proxy`, and `/health`. Never rejects. */
  fetch(request: Request): Promise<Response>;
  /** Ends what is being fetched: its readers are told that it was interrupted. */
  stop(): Promise<void>;
}

/** @throws TypeError for an option that is no good */
export function createHandler(options: ProxyHandlerOptions): ProxyHandler {
  const context = createContext(options);
  const creators: Creators = { context, once: new OnceCreator(context) };
  return {
    fetch: async (request) => {
      const response = await answer(creators, request).catch((error: unknown) => {
        context.settings.logger.warn({ err: error }, "a request met a bug");
        return errorResponse("INTERNAL_ERROR", "Something went wrong here");
      });
      return withCors(response, request, context.settings.corsOrigin);
    },
    async stop() {
      context.orphans.stop();
      await context.running.stopAll("interrupted");
    },
  };
}

function createContext(options: ProxyHandlerOptions): Context {
  const settings = parseOptions(options);
  const { logger, streamTtlSeconds, leaseSeconds, maxRequestBytes, requestBudgetBytes } = settings;
  const backend = new Backend(options);
  const records = new Records(backend, streamTtlSeconds);
  const running = new Running(settings.maxConcurrent);
  const lease = new Lease(backend, leaseSeconds, logger, (id) => void running.stop(id, "aborted"));
  const orphans = new Orphans({ records, running, lease, logger });
  const budget = new BodyBudget(maxRequestBytes, requestBudgetBytes);
  return { settings, backend, budget, records, running, lease, orphans };
}

async function answer(creators: Creators, request: Request): Promise<Response> {
  const { context } = creators;
  const { pathname, search, searchParams } = new URL(request.url);
  const { method } = request;
  if (method === "OPTIONS") return new Response(null, { status: 204 });
  if (pathname === "/health" && method === "GET")
    return new Response('{"status":"ok"}', { headers: { [HEADER.contentType]: "application/json" } });
  if (pathname === PROXY_PATH || pathname === `${PROXY_PATH}/`)
    return method === "POST" ? create(creators, request) : notFound();
  const address = addressIn(pathname, search);
  if (address !== undefined) return passThrough(creators, request, address);
  const id = pathname.startsWith(`${PROXY_PATH}/`) ? pathname.slice(PROXY_PATH.length + 1) : "";
  if (id === "" || id.includes("/")) return notFound();
  return answerAbout(context, id, request, searchParams);
}

/** Requests about one stream. */
function answerAbout(
  context: Context,
  id: string,
  request: Request,
  query: URLSearchParams,
): Promise<Response> | Response {
  switch (request.method) {
    case "GET":
      return read(context, id, request, query);
    case "HEAD":
      return head(context, id, request, query);
    case "PATCH":
      return abort(context, id, request, query);
    case "DELETE":
      return remove(context, id, request);
    default:
      return notFound();
  }
}

function notFound(): Response {
  return errorResponse("NOT_FOUND", "There is nothing here");
}
