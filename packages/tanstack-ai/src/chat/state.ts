import type { UIMessage } from "@tanstack/ai";
import { actorFrom, type ChatActor } from "../actor.ts";
import type { ConnectionStatus } from "../client/connection.ts";
import { type ApprovalDecision, actorOf, type BrokenEnd, decisionsOf, endOf } from "../session/marks.ts";
import { soundMessages } from "../session/sound.ts";
import { looseChunk, type TanStackChunk } from "../types.ts";
import type { Delivery, OutgoingMessage } from "./outbox.ts";
import type { PresentPerson } from "./presence.ts";

/** A message of a chat: TanStack AI's own, and what the session knows of it. */
export interface ChatMessage extends UIMessage {
  /** Who wrote it. */
  readonly actor?: ChatActor;
  /** How it broke off, if it did. */
  readonly end?: BrokenEnd;
  /** What was decided about its calls of tools, by the ids of the approvals. */
  readonly decisions: Readonly<Record<string, ApprovalDecision>>;
  /** Of a message of this page that the session does not have yet. */
  readonly delivery?: Delivery;
}

/** An answer that is being written. */
export interface RunningAnswer {
  readonly runId: string;
  readonly actor?: ChatActor;
}

/** A call of a tool that waits for somebody to decide. */
export interface PendingApproval {
  readonly id: string;
  readonly toolName: string;
  readonly input: unknown;
  readonly messageId: string;
  /** Which agent asks. */
  readonly actor?: ChatActor;
  /** What this page has decided, while that is on its way. */
  readonly deciding?: boolean;
}

/** `submitted`: a message is on its way. `streaming`: an answer is being written. `error`: the last one failed. */
export type ChatStatus = "ready" | "submitted" | "streaming" | "error";

/** A chat as of now. A new object whenever anything has changed. */
export interface DurableChatState {
  readonly messages: readonly ChatMessage[];
  readonly status: ChatStatus;
  readonly error: Error | undefined;
  /** Whether the session is still being read for the first time. */
  readonly isLoading: boolean;
  /** Whether anybody is answering, as in `useChat`. */
  readonly sessionGenerating: boolean;
  readonly connection: ConnectionStatus;
  readonly running: readonly RunningAnswer[];
  readonly people: readonly PresentPerson[];
  readonly approvals: readonly PendingApproval[];
}

/** What a state is made of. */
export interface StateParts {
  readonly messages: readonly UIMessage[];
  readonly starts: readonly TanStackChunk[];
  readonly outgoing: readonly OutgoingMessage[];
  readonly deciding: ReadonlyMap<string, boolean>;
  readonly people: readonly PresentPerson[];
  readonly connection: ConnectionStatus;
  readonly isLoaded: boolean;
  readonly refusal: Error | undefined;
  readonly failure: Error | undefined;
}

/** What there is before anything was read, and on a server. */
export const EMPTY_STATE: DurableChatState = {
  ...{ messages: [], status: "ready", error: undefined, isLoading: true, sessionGenerating: false },
  ...{ connection: "connecting", running: [], people: [], approvals: [] },
};

/** The state of a chat. */
export function stateOf(parts: StateParts): DurableChatState {
  const { outgoing, starts, deciding, people, connection, isLoaded, refusal, failure } = parts;
  const settled = soundMessages(parts.messages).map(shown);
  const running = starts.map(runningFrom);
  const isSending = outgoing.some(({ delivery }) => delivery.kind === "sending");
  const failed = refusal ?? failure;
  return {
    ...{ people, connection, running, error: failed },
    messages: [...settled, ...outgoing.map(({ message, delivery }) => ({ ...shown(message), delivery }))],
    status: running.length > 0 ? "streaming" : isSending ? "submitted" : failed ? "error" : "ready",
    isLoading: !isLoaded && refusal === undefined,
    sessionGenerating: running.length > 0,
    approvals: settled.flatMap((message) => pendingIn(message, deciding)),
  };
}

/** A view of each message, made once: pages compare them. */
const views = new WeakMap<UIMessage, ChatMessage>();

function shown(message: UIMessage): ChatMessage {
  const known = views.get(message);
  if (known !== undefined) return known;
  const [actor, end] = [actorOf(message), endOf(message)];
  const marks = { ...(actor && { actor }), ...(end && { end }), decisions: decisionsOf(message) };
  // Nothing that a stranger put there under the names of ours.
  const { id, role, parts, metadata, createdAt } = message;
  const date = createdAt === undefined ? Number.NaN : new Date(createdAt).getTime();
  const view: ChatMessage = {
    ...{ id, role, parts, ...marks },
    ...(typeof metadata === "object" && metadata !== null && { metadata }),
    ...(!Number.isNaN(date) && { createdAt: new Date(date) }),
  };
  views.set(message, view);
  return view;
}

function runningFrom(start: TanStackChunk): RunningAnswer {
  const { runId, metadata } = looseChunk(start) as { runId?: unknown; metadata?: { actor?: unknown } };
  const actor = actorFrom(metadata?.actor);
  return { runId: String(runId), ...(actor && { actor }) };
}

function pendingIn(message: ChatMessage, deciding: ReadonlyMap<string, boolean>): PendingApproval[] {
  const { id: messageId, actor } = message;
  return message.parts.flatMap((part) => {
    if (part.type !== "tool-call" || part.approval === undefined) return [];
    const { id, approved } = part.approval;
    if (approved !== undefined || Object.hasOwn(message.decisions, id)) return [];
    const mine = deciding.get(id);
    return {
      ...{ id, toolName: part.name, input: part.input, messageId },
      ...(actor && { actor }),
      ...(mine !== undefined && { deciding: mine }),
    };
  });
}
