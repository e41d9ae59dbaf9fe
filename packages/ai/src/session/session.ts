import { type Offset, stream } from "@perennial/client";
import { type GenerationTarget, handleOf, JSON_TYPE, streamOptions } from "../generation/target.ts";
import { batchesOf } from "./batches.ts";
import {
  EMPTY_SESSION,
  type SessionEntry,
  type SessionMessage,
  type SessionView,
  withEntry,
} from "./view.ts";

/** A session as of an offset. */
export interface SessionState<Message extends SessionMessage> {
  readonly view: SessionView<Message>;
  /** From here on it is followed. */
  readonly offset: Offset;
}

/**
 * Makes a session's stream, or finds it.
 *
 * @throws FetchError, or the error of `fetch`
 */
export async function openSession(target: GenerationTarget): Promise<void> {
  await handleOf(target).create({ contentType: JSON_TYPE });
}

/**
 * Appends to a session. An entry that is stored twice, since an answer was lost, counts once.
 *
 * @throws FetchError, or the error of `fetch`
 */
export async function appendToSession<Message extends SessionMessage>(
  target: GenerationTarget,
  entry: SessionEntry<Message>,
): Promise<void> {
  await handleOf(target).append(entry);
}

/** Before anything was read. */
const BEGINNING: SessionState<never> = { view: EMPTY_SESSION, offset: "-1" };

/**
 * Reads a session as it is now.
 *
 * @param from - what is known of it already: only what came since is read
 * @throws FetchError, 404 when there is none, or the error of `fetch`
 */
export async function readSession<Message extends SessionMessage>(
  target: GenerationTarget,
  from: SessionState<Message> = BEGINNING,
): Promise<SessionState<Message>> {
  const { offset } = from;
  const response = await stream({ ...streamOptions(target), json: true, live: false, offset });
  const entries = await response.json<SessionEntry<Message>>();
  return { view: entries.reduce(withEntry<Message>, from.view), offset: response.offset };
}

/**
 * Follows a session from a state on: yields it at once if it holds anything, and after whatever is appended. Connections that
 * break are resumed.
 *
 * @throws FetchError, 404 when there is none
 * @example
 * ```ts
 * import { followSession } from "@perennial/ai";
 * const session = { url: "https://example.com/v1/stream/chat/1" };
 * for await (const { view } of followSession(session)) console.log(view.messages.length, view.running);
 * ```
 */
export async function* followSession<Message extends SessionMessage>(
  target: GenerationTarget,
  from: SessionState<Message> = BEGINNING,
  signal?: AbortSignal,
): AsyncGenerator<SessionState<Message>> {
  const response = await stream<SessionEntry<Message>>({
    ...streamOptions(target),
    ...{ json: true, live: "sse", offset: from.offset, signal },
  });
  let { view } = from;
  for await (const { items, offset } of batchesOf(response)) {
    if (items.length === 0) continue;
    view = items.reduce(withEntry<Message>, view);
    yield { view, offset };
  }
}
