/** What pages ask of the agent: a few requests, each with a small JSON body. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { isDocumentKey } from "../shared/places.ts";
import type { Agents } from "./agent/agents.ts";

/** Bytes of a request at most. */
const MAX_BODY = 64 * 1024;

const asked = z.object({
  run: z.string().min(1).max(60),
  text: z.string().trim().min(1).max(4_000),
  mode: z.enum(["write", "suggest"]),
  author: z.string().min(1).max(40),
  color: z.string().regex(/^#[0-9a-f]{6}$/),
  context: z.object({ anchor: z.unknown(), head: z.unknown() }).optional(),
});
const undone = z.object({ run: z.string().min(1).max(60) });

interface Answer {
  readonly status: number;
  readonly body?: object;
}

const TARGET = /^\/api\/documents\/([^/?]+)(?:\/(ask|stop|undo))?$/;

/** Answers requests below `/api/`. */
export function api(agents: Agents) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await answer(agents, request).catch((error: Error) => {
      console.error(error);
      return { status: 503, body: { error: error.message } };
    });
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(body ?? {}));
  };
}

async function answer(agents: Agents, request: IncomingMessage): Promise<Answer> {
  const [, key, action] = TARGET.exec(request.url ?? "") ?? [];
  if (key === undefined || !isDocumentKey(key))
    return { status: 404, body: { error: "There is nothing here." } };
  if (request.method === "PUT" && action === undefined) {
    await agents.open(key);
    return { status: 200 };
  }
  if (request.method !== "POST" || action === undefined) return { status: 405 };
  const body = await jsonBody(request);
  if (action === "stop") return { status: 200, body: { stopped: await agents.stop(key) } };
  if (action === "ask") {
    const input = asked.safeParse(body);
    if (!input.success) return refused(input.error);
    await agents.ask(key, input.data);
    return { status: 202 };
  }
  const input = undone.safeParse(body);
  if (!input.success) return refused(input.error);
  const isUndone = await agents.takeBack(key, input.data.run);
  return isUndone ? { status: 200 } : { status: 410, body: { error: "This was too long ago to be undone." } };
}

function refused(error: z.ZodError): Answer {
  return { status: 400, body: { error: z.prettifyError(error) } };
}

/** The body as JSON; undefined if it is too long or not JSON. */
async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_BODY) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    return undefined;
  }
}
