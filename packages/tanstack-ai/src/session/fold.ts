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

  /**
   * Takes the next chunk. What is no chunk, or one that TanStack AI cannot take, is passed over: one writer's mistake must not
   * keep all others from the session.
   *
   * @returns whether it was taken
   */
  add(chunk: TanStackChunk): boolean {
    if (typeof looseChunk(chunk).type !== "string") return false;
    try {
      const message = valueOfEvent(chunk, MESSAGE_EVENT);
      if (isMessage(message)) this.#put(message);
      else this.#processor.processChunk(chunk as StreamChunk);
    } catch (error) {
      console.warn("A chunk of a session is malformed, and was passed over", error);
      return false;
    }
    this.runs.add(chunk);
    return true;
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
