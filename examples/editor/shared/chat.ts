/** The side chat: what its stream holds, and what a page makes of it. */

/** `write`: the agent edits. `suggest`: its edits wait for somebody to accept them. */
export type Mode = "write" | "suggest";

export type Outcome = "done" | "stopped" | "failed";

/** One message of the stream. */
export type ChatEvent =
  | {
      readonly kind: "asked";
      readonly run: string;
      readonly author: string;
      readonly color: string;
      readonly text: string;
      readonly mode: Mode;
    }
  | { readonly kind: "said"; readonly run: string; readonly text: string }
  | { readonly kind: "used"; readonly run: string; readonly tool: string; readonly summary: string }
  | {
      readonly kind: "ended";
      readonly run: string;
      readonly outcome: Outcome;
      readonly edits: number;
      readonly reason?: string | undefined;
    }
  | { readonly kind: "undone"; readonly run: string };

/** One question and what came of it. */
export interface Exchange {
  readonly run: string;
  author: string;
  color: string;
  question: string;
  mode: Mode;
  answer: string;
  readonly tools: { readonly tool: string; readonly summary: string }[];
  /** Undefined while the agent is at work. */
  outcome: Outcome | undefined;
  reason: string | undefined;
  edits: number;
  isUndone: boolean;
}

/** Adds an event to a chat, in place. What belongs to no question is left out. */
export function foldChat(chat: Map<string, Exchange>, event: ChatEvent): void {
  if (event.kind === "asked") {
    if (!chat.has(event.run)) chat.set(event.run, begun(event));
    return;
  }
  const exchange = chat.get(event.run);
  if (exchange === undefined) return;
  if (event.kind === "said") exchange.answer += event.text;
  else if (event.kind === "used") exchange.tools.push({ tool: event.tool, summary: event.summary });
  else if (event.kind === "undone") exchange.isUndone = true;
  else Object.assign(exchange, { outcome: event.outcome, reason: event.reason, edits: event.edits });
}

function begun({ run, author, color, text, mode }: Extract<ChatEvent, { kind: "asked" }>): Exchange {
  return {
    ...{ run, author, color, question: text, mode },
    ...{ answer: "", tools: [], outcome: undefined, reason: undefined, edits: 0, isUndone: false },
  };
}
