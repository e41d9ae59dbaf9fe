/** A model of TanStack AI that says what it is told to, and calls a tool where somebody asks for a deployment. */
import type { AnyTextAdapter } from "@tanstack/ai";

interface Request {
  readonly runId: string;
  readonly threadId: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map(({ content: text }) => (typeof text === "string" ? text : "")).join("");
}

/** @param says - what it says to the last message of a person */
export function scriptedAdapter(
  says: (text: string) => AsyncIterable<string> | Iterable<string>,
): AnyTextAdapter {
  async function* chatStream({ runId, threadId, messages }: Request) {
    const common = { runId, threadId, timestamp: Date.now() };
    yield { type: "RUN_STARTED", ...common };
    const asked = textOf(messages.findLast(({ role }) => role === "user")?.content);
    const isAnswered = messages.at(-1)?.role === "tool";
    const [, place] = /^deploy to (\w+)/.exec(asked) ?? [];
    const id = crypto.randomUUID();
    if (place !== undefined && !isAnswered) {
      const call = { toolCallId: `call-${id}`, toolCallName: "deploy", toolName: "deploy" };
      yield { type: "TOOL_CALL_START", ...call, parentMessageId: id, index: 0, ...common };
      yield { type: "TOOL_CALL_ARGS", toolCallId: call.toolCallId, delta: JSON.stringify({ to: place }) };
      yield { type: "TOOL_CALL_END", ...call, input: { to: place }, ...common };
      yield { type: "RUN_FINISHED", ...common, finishReason: "tool_calls" };
      return;
    }
    yield { type: "TEXT_MESSAGE_START", messageId: id, role: "assistant", ...common };
    for await (const delta of says(isAnswered ? `result ${textOf(messages.at(-1)?.content)}` : asked))
      yield { type: "TEXT_MESSAGE_CONTENT", messageId: id, delta, ...common };
    yield { type: "TEXT_MESSAGE_END", messageId: id, ...common };
    yield { type: "RUN_FINISHED", ...common, finishReason: "stop" };
  }
  const adapter = { kind: "text", name: "scripted", model: "scripted", "~types": {}, chatStream };
  return adapter as unknown as AnyTextAdapter;
}
