import { stream } from "@perennial/client";
import { type Rejected, reject, ZERO_OFFSET } from "@perennial/protocol";
import { type GenerationTarget, handleOf, JSON_TYPE, streamOptions } from "../generation/target.ts";
import { appendToSession } from "./session.ts";
import {
  EMPTY_SESSION,
  type SessionEntry,
  type SessionMessage,
  type SessionView,
  withEntry,
} from "./view.ts";

/** A branch of a session. */
export interface ForkedSession<Message extends SessionMessage> {
  readonly kind: "forked";
  /** What it begins with: all that was said up to the message, and nothing that is being written. */
  readonly view: SessionView<Message>;
}

/**
 * Branches a session off behind one of its messages. The branch is a fork of the stream: nothing is copied, and what is
 * appended to either later is not in the other. The same call again finds the branch that it made.
 *
 * @param source - the session; an answer that is being written in it goes on there, and only there
 * @param target - the branch, on the same server
 * @param after - the id of the last message that the branch has; an answer counts once it is over
 * @returns rejected as `no-message` when the source has no whole message of that id
 * @throws FetchError: 404 when there is no such session, 409 when `target` is another stream, 400 from servers whose forks cannot
 *   begin at any message; or the error of `fetch`
 * @example
 * ```ts
 * import { forkSession } from "@perennial/ai";
 * const chat = { url: "https://example.com/v1/stream/chat/1" };
 * const branch = { url: "https://example.com/v1/stream/chat/1-other" };
 * const forked = await forkSession(chat, branch, "q1");
 * if (forked.kind === "forked") console.log(forked.view.messages.length);
 * ```
 */
export async function forkSession<Message extends SessionMessage>(
  source: GenerationTarget,
  target: GenerationTarget,
  after: string,
): Promise<ForkedSession<Message> | Rejected<"no-message">> {
  const response = await stream({ ...streamOptions(source), json: true, live: false });
  const entries = await response.json<SessionEntry<Message>>();
  const at = entries.findIndex((entry) => wholeMessageOf(entry)?.id === after);
  if (at === -1) return reject("no-message");
  await handleOf(target).create({
    ...{ contentType: JSON_TYPE, forkedFrom: new URL(source.url).pathname },
    ...{ forkOffset: ZERO_OFFSET, forkSubOffset: at + 1 },
  });
  const { messages, running } = entries
    .slice(0, at + 1)
    .reduce<SessionView<Message>>(withEntry, EMPTY_SESSION);
  // Its end will be told to the source alone.
  for (const { id } of running) await appendToSession(target, { type: "over", id, end: "stopped" });
  return { kind: "forked", view: { messages, running: [] } };
}

/** The message that an entry completes. What is no entry has none. */
function wholeMessageOf(entry: SessionEntry<SessionMessage> | null): SessionMessage | undefined {
  return entry?.type === "message" || entry?.type === "over" ? entry.message : undefined;
}
