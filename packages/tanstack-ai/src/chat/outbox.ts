import type { UIMessage } from "@tanstack/ai";

/** What became of a message that this page sent, until the session has it. */
export type Delivery =
  | { readonly kind: "sending" }
  /** The application has it. */
  | { readonly kind: "sent" }
  | { readonly kind: "failed"; readonly error: Error };

/** A message on its way. */
export interface OutgoingMessage {
  readonly message: UIMessage;
  readonly delivery: Delivery;
}

/** Messages that were sent and are not in the session yet, oldest first. */
export class Outbox {
  readonly #entries = new Map<string, OutgoingMessage>();
  readonly #post: (message: UIMessage) => Promise<void>;
  readonly #onChange: () => void;

  /** @param post - takes a message to the application; the same message twice is one */
  constructor(post: (message: UIMessage) => Promise<void>, onChange: () => void) {
    this.#post = post;
    this.#onChange = onChange;
  }

  get entries(): readonly OutgoingMessage[] {
    return [...this.#entries.values()];
  }

  /** Sends a message. Resolves once the application has it, or has not: the entry says which. */
  async send(message: UIMessage): Promise<void> {
    this.#set(message, { kind: "sending" });
    try {
      await this.#post(message);
      this.#update(message, { kind: "sent" });
    } catch (error) {
      this.#update(message, {
        kind: "failed",
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
  }

  /** Sends a message again that failed. */
  async retry(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.delivery.kind === "failed") await this.send(entry.message);
  }

  /** Forgets a message that failed. */
  discard(id: string): void {
    if (this.#entries.get(id)?.delivery.kind !== "failed") return;
    this.#entries.delete(id);
    this.#onChange();
  }

  /** Forgets the messages that the session has. */
  confirm(messages: readonly UIMessage[]): void {
    if (this.#entries.size === 0) return;
    for (const { id } of messages) this.#entries.delete(id);
  }

  /** It may have been seen in the session meanwhile, or discarded. */
  #update(message: UIMessage, delivery: Delivery): void {
    if (this.#entries.has(message.id)) this.#set(message, delivery);
  }

  #set(message: UIMessage, delivery: Delivery): void {
    this.#entries.set(message.id, { message, delivery });
    this.#onChange();
  }
}
