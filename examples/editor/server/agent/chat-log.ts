/** The stream of a chat: events of a run go into it in order, and each once. */
import { DurableStream, IdempotentProducer } from "@perennial/client";
import { type ChatEvent, type Exchange, foldChat } from "../../shared/chat.ts";
import { chatPath } from "../../shared/places.ts";

export class ChatLog {
  readonly #producer: IdempotentProducer;
  readonly #stream: DurableStream;

  private constructor(stream: DurableStream) {
    this.#stream = stream;
    this.#producer = new IdempotentProducer(stream, "agent", {
      autoClaim: true,
      onError: (error) => console.error("the chat was not stored:", error),
    });
  }

  /** Opens the chat beside a document. Runs that a crash has cut short are ended. */
  static async open(origin: string, key: string): Promise<ChatLog> {
    const url = origin + chatPath(key);
    const options = { url, contentType: "application/json", warnOnHttp: false };
    const stream = await DurableStream.create(options);
    const log = new ChatLog(stream);
    for (const { run, outcome } of (await log.#read()).values()) {
      if (outcome !== undefined) continue;
      const reason = "the server was restarted";
      log.tell({ kind: "ended", run, outcome: "failed", edits: 0, reason });
    }
    return log;
  }

  tell(event: ChatEvent): void {
    void this.#producer.append(event);
  }

  /** Resolves when all of it is stored. */
  async close(): Promise<void> {
    await this.#producer.detach();
  }

  async #read(): Promise<Map<string, Exchange>> {
    const chat = new Map<string, Exchange>();
    const response = await this.#stream.stream<ChatEvent>({ live: false });
    for (const event of await response.json()) foldChat(chat, event);
    return chat;
  }
}
