/** The agent of the rooms: who it is, what it may do, and when it speaks. */
import type { ChatAgent } from "@perennial/tanstack-ai";
import { type AnyTextAdapter, chat, toolDefinition, type UIMessage } from "@tanstack/ai";

const PROMPT = `You are Sage, one of several people in a room. Each message begins with the name of who wrote it. Answer in plain
sentences, without markdown, in one to four short paragraphs. When somebody asks you to order something, use the tool.`;

/** What it costs is real, so somebody has to agree. */
const placeOrder = toolDefinition({
  name: "place_order",
  description: "Orders food or drinks for the room",
  needsApproval: true,
  inputSchema: {
    type: "object",
    properties: { item: { type: "string" }, quantity: { type: "number" } },
    required: ["item", "quantity"],
  },
}).server(async (input) => {
  const { item, quantity } = input as { item: string; quantity: number };
  return { ordered: `${quantity} × ${item}`, number: `P-${1000 + ((item.length * 37 + quantity) % 9000)}` };
});

export function sageOf(adapter: AnyTextAdapter): ChatAgent {
  return {
    ...{ id: "sage", name: "Sage" },
    // What begins with another's name is for people.
    answers: (message) => !/^@(?!sage\b)/i.test(textOf(message)),
    answer: ({ messages, runId, threadId, abortController }) =>
      chat({
        ...{ adapter, runId, threadId, abortController, tools: [placeOrder], systemPrompts: [PROMPT] },
        messages: messages.map(withName) as never,
      }),
  };
}

function textOf({ parts }: UIMessage): string {
  return parts.map((part) => (part.type === "text" ? part.content : "")).join("");
}

/** A model hears many people as one: it has to be told who speaks. */
function withName(message: UIMessage): UIMessage {
  if (message.role !== "user") return message;
  const { name = "Somebody" } = (message.metadata?.actor ?? {}) as { name?: string };
  return { ...message, parts: [{ type: "text", content: `${name}: ${textOf(message)}` }] };
}
