import { type GenerationTarget, isMissing, passRead } from "@perennial/ai";
import { DurableStream } from "@perennial/client";
import type { PresenceNote } from "../../session/presence-note.ts";
import type { DurableChatSessionStreamTarget } from "../target.ts";
import { ROUTE_BACKOFF } from "./options.ts";

const JSON_TYPE = "application/json";
/** Who was there is nobody's business two days later. */
const PRESENCE_SECONDS = 172_800;

/** Where people say that they are there: a stream for each day, so that none grows for ever. */
function presenceTarget(
  { writeUrl, headers, fetchClient }: DurableChatSessionStreamTarget,
  now: number,
): GenerationTarget {
  const url = new URL(writeUrl);
  url.pathname += `/presence-${new Date(now).toISOString().slice(0, 10)}`;
  return { url, headers, fetch: fetchClient };
}

function handleOf(target: GenerationTarget): DurableStream {
  const options = { contentType: JSON_TYPE, warnOnHttp: false, backoffOptions: ROUTE_BACKOFF };
  return new DurableStream({ ...target, ...options });
}

const make = (target: GenerationTarget) =>
  handleOf(target).create({ contentType: JSON_TYPE, ttlSeconds: PRESENCE_SECONDS });

/** Stores that somebody is there, or goes. */
export async function storePresence(
  session: DurableChatSessionStreamTarget,
  note: PresenceNote,
  now: number,
): Promise<void> {
  const target = presenceTarget(session, now);
  try {
    await handleOf(target).append(note);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await make(target);
    await handleOf(target).append(note);
  }
}

/** Reads who is there. */
export async function passPresence(
  request: Request,
  session: DurableChatSessionStreamTarget,
  now: number,
): Promise<Response> {
  const target = presenceTarget(session, now);
  const response = await passRead(request, target);
  if (response.status !== 404) return response;
  await response.body?.cancel();
  await make(target);
  return passRead(request, target);
}
