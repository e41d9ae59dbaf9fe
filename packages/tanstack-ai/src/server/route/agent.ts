import type { UIMessage } from "@tanstack/ai";
import type { ChatActor } from "../../actor.ts";
import { soundMessages } from "../../session/sound.ts";
import { looseChunk, type TanStackChunk } from "../../types.ts";

/** What an agent is asked. */
export interface AgentTurn {
  /** The conversation as it is to be answered: what came later is left out, and calls of tools that nobody decided about. */
  readonly messages: UIMessage[];
  /** Give both to `chat()`. */
  readonly runId: string;
  readonly threadId: string;
  /** Aborted when somebody asks for a stop. Give either to the model. */
  readonly signal: AbortSignal;
  readonly abortController: AbortController;
  /** Who asked, or decided about the call of a tool. */
  readonly actor: ChatActor;
}

/** An agent of a session: whatever answers with AG-UI events, such as `chat()`. */
export interface ChatAgent {
  readonly id: string;
  readonly name: string;
  /** Whether it answers a message of a person. Default: each. */
  readonly answers?: (message: UIMessage) => boolean;
  readonly answer: (turn: AgentTurn) => AsyncIterable<TanStackChunk> | Promise<AsyncIterable<TanStackChunk>>;
}

/** Chunks that begin a message, each with the member that names the message. */
const BEGINNINGS: Readonly<Record<string, "messageId" | "parentMessageId">> = {
  TEXT_MESSAGE_START: "messageId",
  TOOL_CALL_START: "parentMessageId",
};

/**
 * One run of an agent. It begins at once, before the model has said a word, and ends once: engines begin and end it for each of
 * their steps. Its messages say who wrote them.
 */
export async function* runOfAgent(agent: ChatAgent, turn: AgentTurn): AsyncGenerator<TanStackChunk> {
  const { runId, threadId } = turn;
  const actor: ChatActor = { id: agent.id, name: agent.name, kind: "agent" };
  const metadata = { actor, runId };
  yield { type: "RUN_STARTED", runId, threadId, metadata, timestamp: Date.now() };
  let end: TanStackChunk = { type: "RUN_FINISHED", finishReason: "stop", timestamp: Date.now() };
  const marked = new Set<string>();
  for await (const chunk of await agent.answer(turn)) {
    const { type } = looseChunk(chunk);
    if (type === "RUN_STARTED") continue;
    // What it says is for the program, not for everybody.
    if (type === "RUN_ERROR") throw new Error(String(chunk.message ?? "The agent failed"));
    if (type === "RUN_FINISHED") {
      end = chunk;
      continue;
    }
    const begun = BEGINNINGS[String(type)];
    const messageId = begun && chunk[begun];
    if (typeof messageId === "string" && !marked.has(messageId)) {
      marked.add(messageId);
      yield { type: "TEXT_MESSAGE_START", messageId, role: "assistant", metadata, timestamp: Date.now() };
      if (type === "TEXT_MESSAGE_START") continue;
    }
    yield chunk;
  }
  yield { ...end, runId, threadId };
}

/** The conversation as it stands to answer one of its messages: others that came later have a turn of their own. */
export function conversationFor(all: readonly UIMessage[], messageId: string): UIMessage[] {
  const messages = soundMessages(all);
  const at = messages.findIndex(({ id }) => id === messageId);
  const asked = messages[at];
  if (asked === undefined) return messages.map(decided);
  const before = messages.filter(({ role }, index) => index !== at && (index < at || role !== "user"));
  return [...before, asked].map(decided);
}

/** A model takes no call of a tool without its result. */
function decided(message: UIMessage): UIMessage {
  const parts = message.parts.filter(
    (part) =>
      part.type !== "tool-call" || part.approval === undefined || part.approval.approved !== undefined,
  );
  return parts.length === message.parts.length ? message : { ...message, parts };
}
