/** The messages of a session's stream, and the conversation that they amount to. */

/** Somebody says something. */
export interface SayEvent {
  readonly kind: "say";
  readonly id: string;
  readonly from: string;
  readonly text: string;
}

/** The agent writes the next piece of an answer. */
export interface TokenEvent {
  readonly kind: "token";
  /** The id of what is answered. */
  readonly answers: string;
  /** The piece's number in its answer, from 0. */
  readonly index: number;
  readonly text: string;
}

/** The agent has finished an answer. */
export interface DoneEvent {
  readonly kind: "done";
  readonly answers: string;
}

export type SessionEvent = SayEvent | TokenEvent | DoneEvent;

/** Something said, and the answer as far as it has come. */
export interface Exchange {
  readonly say: SayEvent;
  /** The answer's pieces, in order. */
  readonly tokens: readonly string[];
  readonly isAnswered: boolean;
}

/** The conversation, exchange by exchange, in the order in which things were said. */
export type Conversation = readonly Exchange[];

/** The conversation after the next messages. What is no event of a session is left out. */
export function converse(conversation: Conversation, messages: readonly unknown[]): Conversation {
  const exchanges = new Map(conversation.map((exchange) => [exchange.say.id, exchange]));
  for (const message of messages) {
    const event = asEvent(message);
    if (event?.kind === "say" && !exchanges.has(event.id))
      exchanges.set(event.id, { say: event, tokens: [], isAnswered: false });
    else if (event !== undefined && event.kind !== "say") {
      const exchange = exchanges.get(event.answers);
      if (exchange !== undefined) exchanges.set(event.answers, continued(exchange, event));
    }
  }
  return [...exchanges.values()];
}

function continued(exchange: Exchange, event: TokenEvent | DoneEvent): Exchange {
  if (event.kind === "done") return { ...exchange, isAnswered: true };
  // A piece that an agent sent before its page was refreshed may arrive after the next agent has looked: it counts once.
  if (event.index !== exchange.tokens.length) return exchange;
  return { ...exchange, tokens: [...exchange.tokens, event.text] };
}

function asEvent(message: unknown): SessionEvent | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { kind, id, from, text, answers, index } = message as Record<string, unknown>;
  if (kind === "say" && typeof id === "string" && typeof from === "string" && typeof text === "string")
    return { kind, id, from, text };
  if (typeof answers !== "string") return undefined;
  if (kind === "done") return { kind, answers };
  if (kind !== "token" || typeof index !== "number" || typeof text !== "string") return undefined;
  return { kind, answers, index, text };
}
