/** Chats: each a session in a stream of its own, and one more session that lists them. */
import {
  type AnswerEnd,
  appendToSession,
  guardGeneration,
  openSession,
  readGeneration,
  readSession,
  requestStop,
  type SessionEntry,
  type SessionMessage,
  type SessionView,
  type StopResult,
} from "@perennial/ai";
import { uiMessageFormat as format } from "@perennial/ai-sdk";
import { readUIMessageStream, type UIMessage, type UIMessageChunk } from "ai";

/** A chat as the list has it. */
export interface ChatTitle extends SessionMessage {
  readonly title: string;
}

const TITLE_MAX = 40;
/** Ids are parts of addresses. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export function isId(text: unknown): text is string {
  return typeof text === "string" && ID.test(text);
}

export class Chats {
  readonly #root: string;

  /** @param root - the address below which the streams are */
  constructor(root: string) {
    this.#root = root;
  }

  list() {
    return { url: `${this.#root}/chats` };
  }

  session(chatId: string) {
    return { url: `${this.#root}/chat/${chatId}` };
  }

  generation(chatId: string, answerId: string) {
    return { url: `${this.#root}/chat/${chatId}/${answerId}` };
  }

  /** Makes the list, and goes on watching the answers that were being written when this process ended. */
  async open(): Promise<void> {
    await openSession(this.list());
    for (const id of await this.ids())
      for (const answer of (await this.view(id)).running) void this.watch(id, answer.id);
  }

  /** All chats. */
  protected async ids(): Promise<string[]> {
    const { view } = await readSession<ChatTitle>(this.list());
    return view.messages.map(({ id }) => id);
  }

  /** Appends to a chat. */
  protected async record(chatId: string, entry: SessionEntry<UIMessage>): Promise<void> {
    await appendToSession(this.session(chatId), entry);
  }

  /** What the model is told of its part in this chat. */
  async briefing(_chatId: string): Promise<string | undefined> {
    return undefined;
  }

  async view(chatId: string): Promise<SessionView<UIMessage>> {
    return (await readSession<UIMessage>(this.session(chatId))).view;
  }

  /** Makes a chat's session, or finds it. */
  async make(chatId: string): Promise<void> {
    await openSession(this.session(chatId));
  }

  /** Adds what somebody said, and the chat to the list with its first message. */
  async add(chatId: string, message: UIMessage): Promise<void> {
    const { messages } = await this.view(chatId);
    await this.record(chatId, { type: "message", message });
    if (messages.length > 0) return;
    const title = titleOf(message);
    await appendToSession<ChatTitle>(this.list(), { type: "message", message: { id: chatId, title } });
  }

  async begin(chatId: string, answerId: string, url: string): Promise<void> {
    await this.record(chatId, { type: "begun", id: answerId, url });
    void this.watch(chatId, answerId);
  }

  /** Asks whoever writes an answer in this chat to stop. */
  async stop(chatId: string): Promise<StopResult[]> {
    const { running } = await this.view(chatId);
    return Promise.all(running.map(({ id }) => requestStop(this.generation(chatId, id))));
  }

  /** Waits for the end of an answer, ends it if its writer vanishes, and folds it into the chat. */
  async watch(chatId: string, answerId: string): Promise<void> {
    const target = this.generation(chatId, answerId);
    try {
      const { vanished } = await guardGeneration(target, format);
      const { end, message } = await folded(target);
      await this.record(chatId, {
        ...{ type: "over", id: answerId, end: vanished ? "vanished" : end },
        message: { ...message, id: answerId, metadata: { end: vanished ? "vanished" : end } },
      });
    } catch (error) {
      console.error(`answer ${answerId} of ${chatId} could not be folded`, error);
    }
  }
}

/** All of an answer as one message. */
async function folded(target: { readonly url: string }): Promise<{ end: AnswerEnd; message: UIMessage }> {
  let end: AnswerEnd = "completed";
  let message: UIMessage = { id: "", role: "assistant", parts: [] };
  const batches = await readGeneration({ target, format });
  const stream = batches.pipeThrough(
    new TransformStream<{ readonly chunks: readonly UIMessageChunk[] }, UIMessageChunk>({
      transform: ({ chunks }, controller) => {
        for (const chunk of chunks) {
          if (chunk.type === "abort") end = "stopped";
          else if (chunk.type === "error") end = "failed";
          else controller.enqueue(chunk);
        }
      },
    }),
  );
  for await (const state of readUIMessageStream({ stream })) message = state;
  return { end, message };
}

/** What a chat is called after its first message. */
export function titleOf(message: UIMessage): string {
  // Cut by code points: half of one could not be stored.
  const letters = [...textOf(message)];
  return letters.length > TITLE_MAX ? `${letters.slice(0, TITLE_MAX).join("")}…` : letters.join("");
}

function textOf({ parts }: UIMessage): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}
