import { Folded } from "@perennial/ai";
import { type StreamChunk, StreamProcessor, type UIMessage } from "@tanstack/ai";
import { APPROVAL_EVENT, aguiFormat, MESSAGE_EVENT, valueOfEvent } from "../format.ts";
import { looseChunk, type TanStackChunk } from "../types.ts";
import { breakOf, decisionFrom, decisionsOf, endOf, runOf } from "./marks.ts";
import { ActiveRuns } from "./runs.ts";

/**
 * A session as it stands after some of its chunks: the messages, folded by TanStack AI's own processor, so that tool calls,
 * reasoning and files are in them; and the runs under way.
 */
export class SessionFold {
  readonly #processor: StreamProcessor;
  readonly runs = new ActiveRuns();
  /** While a run is under way: the messages before the oldest began, and what came since. */
  #underWay: { settled: readonly UIMessage[]; readonly since: Folded<TanStackChunk> } | undefined;

  /** @param messages - the session before the chunks */
  constructor(messages: readonly UIMessage[] = []) {
    this.#processor = new StreamProcessor({ initialMessages: [...messages] });
  }

  /**
   * Takes the next chunk. What is no chunk, or one that TanStack AI cannot take, is passed over: one writer's mistake must not
   * keep all others from the session.
   *
   * @returns whether it was taken
   */
  add(chunk: TanStackChunk): boolean {
    if (typeof looseChunk(chunk).type !== "string") return false;
    const message = valueOfEvent(chunk, MESSAGE_EVENT);
    const isWhole = isMessage(message);
    try {
      if (isWhole) this.#put(message);
      else this.#processor.processChunk(chunk as StreamChunk);
      this.#markBreak(chunk);
      this.#decide(chunk);
    } catch (error) {
      console.warn("A chunk of a session is malformed, and was passed over", error);
      return false;
    }
    this.runs.add(chunk);
    if (this.runs.ids.length === 0) this.#underWay = undefined;
    else this.#underWay ??= { settled: this.messages, since: new Folded(aguiFormat) };
    if (!isWhole) this.#underWay?.since.add(chunk);
    return true;
  }

  /** The messages as they were before the oldest run began that is under way. */
  get settled(): readonly UIMessage[] {
    return this.#underWay?.settled ?? this.messages;
  }

  /** What came since then, with its pieces joined. */
  get since(): readonly TanStackChunk[] {
    return this.#underWay?.since.chunks ?? [];
  }

  get messages(): readonly UIMessage[] {
    return this.#processor.getMessages();
  }

  /** A message whose run broke off says so, for whoever comes when the run is long forgotten. */
  #markBreak(chunk: TanStackChunk): void {
    const broken = breakOf(chunk);
    if (broken === undefined) return;
    const message = this.messages.findLast((candidate) => runOf(candidate) === broken.runId);
    if (message !== undefined && endOf(message) === undefined) this.#mark(message, { end: broken.end });
  }

  /** Of two people who decide about the same call the first is right. */
  #decide(chunk: TanStackChunk): void {
    const decision = decisionFrom(valueOfEvent(chunk, APPROVAL_EVENT));
    if (decision === undefined) return;
    const { id, approved } = decision;
    const message = this.messages.find(({ parts }) =>
      parts.some((part) => part.type === "tool-call" && part.approval?.id === id),
    );
    if (message === undefined || Object.hasOwn(decisionsOf(message), id)) return;
    this.#processor.addToolApprovalResponse(id, approved);
    this.#mark(message, { approvals: { ...decisionsOf(message), [id]: decision } });
  }

  #mark({ id: messageId }: UIMessage, metadata: Readonly<Record<string, unknown>>): void {
    this.#processor.processChunk({ type: "TEXT_MESSAGE_END", messageId, metadata } as StreamChunk);
  }

  /** A whole message has no chunks that could be given again: it counts as settled. */
  #put(message: UIMessage): void {
    this.#processor.setMessages(withMessage(this.messages, message));
    if (this.#underWay !== undefined) this.#underWay.settled = withMessage(this.#underWay.settled, message);
  }
}

/** Messages with one more, in the place of the one that has its id. */
function withMessage(messages: readonly UIMessage[], message: UIMessage): UIMessage[] {
  const at = messages.findIndex(({ id }) => id === message.id);
  return at === -1 ? [...messages, message] : messages.with(at, message);
}

function isMessage(value: unknown): value is UIMessage {
  const { id, role, parts } = (value ?? {}) as Partial<UIMessage>;
  return typeof id === "string" && typeof role === "string" && Array.isArray(parts);
}

/**
 * What a client that begins is told of a session: its settled messages, then the runs under way from their beginning. A message
 * alone would not do: a tool call that it holds in part could not go on.
 */
export function snapshotChunks({ settled, since }: SessionFold): readonly TanStackChunk[] {
  // What was harmless after all that came before may be malformed for whoever begins here.
  const beginner = new SessionFold(settled);
  const sound = since.filter((chunk) => beginner.add(chunk));
  return [messagesChunk(settled), ...sound];
}

/** Messages in place of all that a client has. */
export function messagesChunk(messages: readonly UIMessage[]): TanStackChunk {
  return { type: "MESSAGES_SNAPSHOT", messages, timestamp: Date.now() };
}
