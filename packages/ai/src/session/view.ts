/** What a session holds: whole messages, and which answers are being written. Tokens lie in streams of their own. */

/** A message of any SDK. */
export interface SessionMessage {
  readonly id: string;
}

/** How an answer ended, as far as readers of the session are concerned. */
export type AnswerEnd = "completed" | "stopped" | "failed" | "vanished";

/** One message of a session's stream. */
export type SessionEntry<Message extends SessionMessage> =
  /** A whole message: a new one, or another text of one that is there. */
  | { readonly type: "message"; readonly message: Message }
  /** An answer is being written, in the stream at `url`. */
  | { readonly type: "begun"; readonly id: string; readonly url: string }
  /** It is over. `message` is all of it, folded: nobody has to read its stream any more. */
  | { readonly type: "over"; readonly id: string; readonly end: AnswerEnd; readonly message?: Message };

/** An answer that is being written. */
export interface RunningAnswer {
  readonly id: string;
  readonly url: string;
}

/** A session at one offset of its stream. */
export interface SessionView<Message extends SessionMessage> {
  readonly messages: readonly Message[];
  readonly running: readonly RunningAnswer[];
}

/** A session in which nothing was said yet. */
export const EMPTY_SESSION: SessionView<never> = { messages: [], running: [] };

/**
 * The session after one more entry. An entry that comes twice changes nothing. Kinds that come later are passed over, and what
 * is no entry at all: a mistake of one writer must not keep all others from the session.
 */
export function withEntry<Message extends SessionMessage>(
  view: SessionView<Message>,
  entry: SessionEntry<Message>,
): SessionView<Message> {
  if (!isEntry(entry)) return view;
  switch (entry.type) {
    case "message":
      return { ...view, messages: withMessage(view.messages, entry.message) };
    case "begun": {
      const { id, url } = entry;
      return { ...view, running: [...without(view.running, id), { id, url }] };
    }
    case "over": {
      const { message } = entry;
      const messages = message === undefined ? view.messages : withMessage(view.messages, message);
      return { messages, running: without(view.running, entry.id) };
    }
    default:
      return view;
  }
}

function isEntry(entry: unknown): boolean {
  const { type, id, message } = (entry ?? {}) as { type?: unknown; id?: unknown; message?: unknown };
  const isWhole = typeof (message as Partial<SessionMessage> | null | undefined)?.id === "string";
  return type === "message" ? isWhole : typeof id === "string" && (message === undefined || isWhole);
}

function withMessage<Message extends SessionMessage>(
  messages: readonly Message[],
  message: Message,
): Message[] {
  const at = messages.findIndex(({ id }) => id === message.id);
  return at === -1 ? [...messages, message] : messages.with(at, message);
}

function without(running: readonly RunningAnswer[], id: string): RunningAnswer[] {
  return running.filter((answer) => answer.id !== id);
}
