/** A model of TanStack AI that costs nothing: the same words to the same question, at about the speed of a real one. */

import { pacedTokens } from "@perennial/example-chat-ai-sdk/server/pace";
import type { AnyTextAdapter } from "@tanstack/ai";
import { tokensFor, tokensOf } from "./script.ts";

/** What the engine asks. */
interface Asked {
  readonly runId: string;
  readonly threadId: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly request?: { readonly signal?: AbortSignal | null };
}

export function scriptedAdapter(tokenMs: number): AnyTextAdapter {
  const adapter = {
    ...{ kind: "text", name: "perennial", model: "scripted", "~types": {} },
    chatStream: (asked: Asked) => answerTo(asked, tokenMs),
  };
  return adapter as unknown as AnyTextAdapter;
}

async function* answerTo({ runId, threadId, messages, request }: Asked, tokenMs: number) {
  const now = () => ({ timestamp: Date.now() });
  yield { type: "RUN_STARTED", runId, threadId, ...now() };
  const last = messages.at(-1);
  const question = withoutName(textOf(messages.findLast(({ role }) => role === "user")?.content));
  const order = /\border (\d+) (.{1,60}?)[.!?]?$/i.exec(question);
  if (order !== null && last?.role !== "tool") {
    yield* callOf({ quantity: Number(order[1]), item: order[2]! });
    yield { type: "RUN_FINISHED", runId, threadId, finishReason: "tool_calls", ...now() };
    return;
  }
  const tokens = last?.role === "tool" ? tokensOf(outcomeOf(textOf(last.content))) : tokensFor(question);
  const messageId = `msg-${crypto.randomUUID()}`;
  const words = pacedTokens(tokens, tokenMs, request?.signal ?? undefined);
  yield { type: "TEXT_MESSAGE_START", messageId, role: "assistant", ...now() };
  try {
    for await (const delta of words) yield { type: "TEXT_MESSAGE_CONTENT", messageId, delta, ...now() };
  } catch (error) {
    // Whoever stopped it knows.
    if (!request?.signal?.aborted) throw error;
  }
  yield { type: "TEXT_MESSAGE_END", messageId, ...now() };
  yield { type: "RUN_FINISHED", runId, threadId, finishReason: "stop", ...now() };
}

function* callOf(input: { readonly quantity: number; readonly item: string }) {
  const id = crypto.randomUUID();
  const call = { toolCallId: `call-${id}`, toolCallName: "place_order", toolName: "place_order" };
  const timestamp = Date.now();
  yield { type: "TOOL_CALL_START", ...call, parentMessageId: `msg-${id}`, index: 0, timestamp };
  yield { type: "TOOL_CALL_ARGS", toolCallId: call.toolCallId, delta: JSON.stringify(input), timestamp };
  yield { type: "TOOL_CALL_END", ...call, input, timestamp };
}

/** What it says of what became of its call. */
function outcomeOf(result: string): string {
  const { ordered, number } = JSON.parse(result) as { ordered?: string; number?: string };
  if (ordered === undefined) return "All right, I have ordered nothing.";
  return `Done: ${ordered}, order ${number}. It is on its way.`;
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { content?: unknown }) => String(part.content ?? "")).join("");
}

/** Messages begin with the name of who wrote them. */
function withoutName(text: string): string {
  return text.slice(text.indexOf(": ") + 2);
}
