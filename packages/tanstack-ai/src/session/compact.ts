import {
  type BackoffOptions,
  DurableStream,
  type HeadersRecord,
  type Offset,
  stream,
} from "@perennial/client";
import {
  type ChangeEvent,
  isChangeEvent,
  latestSnapshot,
  publishSnapshot,
  type StateEvent,
} from "@perennial/state";
import type { UIMessage } from "@tanstack/ai";
import type { TanStackChunk } from "../types.ts";
import { SessionFold } from "./fold.ts";
import { soundMessages } from "./sound.ts";

/** The type of the entities in a session's snapshots: whole messages, in order. */
const MESSAGE_TYPE = "message";

/** Where a session is. */
export interface SessionAddress {
  readonly url: string;
  readonly headers?: HeadersRecord | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How failed requests are repeated. */
  readonly backoffOptions?: BackoffOptions | undefined;
}

/** A session as of an offset. */
export interface FoldedSession {
  readonly messages: readonly UIMessage[];
  readonly offset: Offset;
}

/** What became of a request to fold a session. */
export interface Compacted {
  /** `written`: new readers begin there. `running`: an answer is under way; try again later. `unchanged`: it was folded before. */
  readonly kind: "written" | "running" | "unchanged";
  readonly offset: Offset;
}

function opener({ url: _, ...options }: SessionAddress): (url: string) => DurableStream {
  return (url) => new DurableStream({ url, ...options, warnOnHttp: false });
}

/** The newest snapshot of a session; undefined where there is none. */
export async function latestFolded(address: SessionAddress): Promise<FoldedSession | undefined> {
  const openStream = opener(address);
  const snapshot = await latestSnapshot(openStream(address.url), { openStream });
  if (snapshot === undefined) return undefined;
  const messages = snapshot.events
    .filter((event) => isChangeEvent(event) && event.type === MESSAGE_TYPE)
    .map((event) => (event as ChangeEvent).value as UIMessage);
  return { messages, offset: snapshot.offset };
}

/**
 * Folds a session into a snapshot beside it, from which new readers start (`snapshots: true`): whole messages, in place of every
 * chunk that they came in. The session itself is only read; writers and readers need not know.
 *
 * @throws FetchError, 404 when there is no such session, or the error of `fetch`
 */
export async function compactSession(address: SessionAddress): Promise<Compacted> {
  const openStream = opener(address);
  const start = await latestFolded(address);
  const fold = new SessionFold(start?.messages);
  const response = await stream<TanStackChunk>({
    ...{ ...address, offset: start?.offset, json: true, live: false, warnOnHttp: false },
  });
  for (const chunk of await response.json<TanStackChunk>()) fold.add(chunk);
  const { offset } = response;
  // Folded in the middle, its text would go on, but a tool call would not.
  if (fold.runs.ids.length > 0) return { kind: "running", offset };
  if (offset === start?.offset) return { kind: "unchanged", offset };
  await publishSnapshot(openStream(address.url), soundMessages(fold.messages).map(entityOf), offset, {
    openStream,
  });
  return { kind: "written", offset };
}

function entityOf(message: UIMessage): StateEvent {
  return { type: MESSAGE_TYPE, key: message.id, value: message, headers: { operation: "upsert" } };
}
