import { type StreamChunk, StreamProcessor, type UIMessage } from "@tanstack/ai";
import { MESSAGE_EVENT, valueOfEvent } from "../format.ts";
import { looseChunk, type TanStackChunk } from "../types.ts";
import { ActiveRuns } from "./runs.ts";

/**
 * A session as it stands after some of its chunks: the messages, folded by TanStack AI's own processor, so that tool calls,
 * reasoning and files are in them; and the runs under way.
 */
export class SessionFold {
  readonly #processor: StreamProcessor;
  readonly runs = new ActiveRuns();

  /** @param messages - the session before the chunks */
  constructor(messages: readonly UIMessage[] = []) {
    this.#processor = new StreamProcessor({ initialMessages: [...messages] });
  }

  /** Takes the next chunk. What is no chunk is passed over. */
  add(chunk: TanStackChunk): void {
    if (typeof looseChunk(chunk).type !== "string") return;
    this.runs.add(chunk);
    const message = valueOfEvent(chunk, MESSAGE_EVENT);
    if (isMessage(message)) this.#put(message);
    else this.#processor.processChunk(chunk as StreamChunk);
  }

  get messages(): readonly UIMessage[] {
    return this.#processor.getMessages();
  }

  /** A whole message, in the place of the one that has its id. */
  #put(message: UIMessage): void {
    const { messages } = this;
    const at = messages.findIndex(({ id }) => id === message.id);
    this.#processor.setMessages(at === -1 ? [...messages, message] : messages.with(at, message));
  }
}

function isMessage(value: unknown): value is UIMessage {
  const { id, role, parts } = (value ?? {}) as Partial<UIMessage>;
  return typeof id === "string" && typeof role === "string" && Array.isArray(parts);
}

/** What a client that begins is told of a session: its messages, then the runs under way. */
export function snapshotChunks({ messages, runs }: SessionFold): readonly TanStackChunk[] {
  return [{ type: "MESSAGES_SNAPSHOT", messages, timestamp: Date.now() }, ...runs.starts];
}
