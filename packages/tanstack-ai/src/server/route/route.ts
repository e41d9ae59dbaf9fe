import { isMissing, passRead } from "@perennial/ai";
import { CACHE_CONTROL } from "@perennial/protocol";
import { latestFolded, type SessionAddress } from "../../session/compact.ts";
import { presenceFrom } from "../../session/presence-note.ts";
import { ensureDurableChatSessionStream } from "../session-stream.ts";
import type { DurableChatSessionStreamTarget } from "../target.ts";
import { jsonWithin } from "./body.ts";
import { commandFrom, fields } from "./commands.ts";
import { type DurableChatRouteOptions, type OpenedSession, ROUTE_BACKOFF } from "./options.ts";
import { passPresence, storePresence } from "./presence.ts";
import { SessionWriting, type Written } from "./writing.ts";

const MESSAGE_BYTES_MAX = 1_000_000;
const PRESENCE_BYTES_MAX = 4_096;

/**
 * All that a page with a chat asks for, as one route of an application: read the session, say something, decide about the call of
 * a tool, stop an answer, and who is there. It keeps nothing in memory that matters: any number of processes may serve it.
 *
 * GET reads; with `part=snapshot` the folded messages, with `part=presence` who is there. POST takes JSON: `{ messages }`, of
 * which the last is new, `{ approval: { id, approved, reason } }` or `{ stop: { runId, reason } }`; with `part=presence` a note.
 *
 * @example
 * ```ts
 * import { durableChatRoute } from "@perennial/tanstack-ai";
 * import { type AnyTextAdapter, chat } from "@tanstack/ai";
 * declare const adapter: AnyTextAdapter;
 * export const handle = durableChatRoute({
 *   open: async () => ({ stream: { writeUrl: "https://example.com/v1/stream/chat/1" } }),
 *   agents: [{ id: "helper", name: "Helper", answer: (turn) => chat({ adapter, ...turn }) }],
 * });
 * ```
 */
export function durableChatRoute(options: DurableChatRouteOptions): (request: Request) => Promise<Response> {
  const route = new Route(options);
  return (request) => route.handle(request);
}

class Route {
  readonly #options: DurableChatRouteOptions;
  readonly #writing: SessionWriting;

  constructor(options: DurableChatRouteOptions) {
    this.#options = options;
    this.#writing = new SessionWriting(options);
  }

  async handle(request: Request): Promise<Response> {
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!isRead && request.method !== "POST")
      return problem(405, "GET reads, POST writes", { allow: "GET, HEAD, POST" });
    const session = await this.#options.open(request);
    if (session === undefined) return problem(403, "this chat is not yours to read");
    const part = new URL(request.url).searchParams.get("part");
    try {
      if (part === "presence")
        return await (isRead ? passPresence(request, session.stream, Date.now()) : present(request, session));
      if (part === "snapshot" && isRead) return await snapshot(session.stream);
      if (part !== null) return problem(404, `there is no part "${part.slice(0, 20)}"`);
      return await (isRead ? read(request, session.stream) : this.#write(request, session));
    } catch (error) {
      if (request.signal.aborted) throw error;
      console.error("A request to a durable chat failed", error);
      return problem(502, "the session cannot be reached");
    }
  }

  async #write(request: Request, session: OpenedSession): Promise<Response> {
    const body = await jsonWithin(request, this.#options.messageBytesMax ?? MESSAGE_BYTES_MAX);
    if (body.kind === "rejected") return problem(body.rejection.status, body.rejection.error);
    const command = commandFrom(body.json);
    if (command.kind === "rejected") return problem(400, command.rejection);
    return answerTo(await this.#writing.carryOut(command, session));
  }
}

function answerTo(written: Written): Response {
  if (written.kind === "refused") return problem(written.status, written.error);
  const { kind } = written;
  const runs = kind === "accepted" && written.of ? { runs: written.of } : {};
  return json(kind === "repeated" ? 200 : 202, { kind, ...runs });
}

async function read(request: Request, stream: DurableChatSessionStreamTarget): Promise<Response> {
  const target = { url: stream.writeUrl, headers: stream.headers, fetch: stream.fetchClient };
  const response = await passRead(request, target);
  if (response.status !== 404) return response;
  await response.body?.cancel();
  await ensureDurableChatSessionStream(stream);
  return passRead(request, target);
}

async function snapshot({ writeUrl, headers, fetchClient }: DurableChatSessionStreamTarget) {
  const backoffOptions = ROUTE_BACKOFF;
  const address: SessionAddress = { url: String(writeUrl), headers, fetch: fetchClient, backoffOptions };
  try {
    return json(200, (await latestFolded(address)) ?? {});
  } catch (error) {
    if (isMissing(error)) return json(200, {});
    throw error;
  }
}

async function present(request: Request, { stream, actor }: OpenedSession): Promise<Response> {
  const body = await jsonWithin(request, PRESENCE_BYTES_MAX);
  if (body.kind === "rejected") return problem(body.rejection.status, body.rejection.error);
  const note = presenceFrom(fields(body.json), actor);
  if (note === undefined) return problem(400, 'presence is an "actor", a "device" and a "status"');
  await storePresence(stream, note, Date.now());
  return new Response(null, { status: 204, headers: { [CACHE_CONTROL]: "no-store" } });
}

function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { [CACHE_CONTROL]: "no-store", ...headers } });
}

function problem(status: number, error: string, headers?: Readonly<Record<string, string>>): Response {
  return json(status, { error }, headers);
}
