import type { Rejected } from "@perennial/ai";
import { actorFrom, type ChatActor } from "../../actor.ts";
import type { DurableSessionMessage, DurableSessionMessagePart } from "../../types.ts";

/** What a page asks of a session. `claimed` is who it says that it is. */
export type ChatCommand =
  | {
      readonly kind: "message";
      readonly message: DurableSessionMessage & { readonly id: string };
      readonly claimed?: ChatActor | undefined;
    }
  | {
      readonly kind: "approval";
      readonly id: string;
      readonly approved: boolean;
      readonly reason?: string | undefined;
      readonly claimed?: ChatActor | undefined;
    }
  | { readonly kind: "stop"; readonly runId?: string | undefined; readonly reason?: string | undefined };

/** Ids are kept for as long as the session is. */
const ID_MAX = 128;
const REASON_MAX = 500;
/** Parts of messages that people may write. All else is for agents to say. */
const PARTS_OF_PEOPLE = new Set(["text", "image", "audio", "video", "document"]);

/** A command, out of the JSON that a page sent: that of this package's chat, or of TanStack AI's own `useChat`. */
export function commandFrom(body: unknown): ChatCommand | Rejected<string> {
  const { messages, approval, stop, actor } = fields(body);
  const claimed = actorFrom(actor);
  if (approval !== undefined) {
    const { id, approved, reason } = fields(approval);
    if (!isId(id) || typeof approved !== "boolean")
      return rejected('"approval" must have an "id", and "approved": true or false');
    return { kind: "approval", id, approved, reason: reasonFrom(reason), claimed };
  }
  if (stop !== undefined) {
    const { runId, reason } = fields(stop);
    if (runId !== undefined && !isId(runId)) return rejected('"stop.runId" must be the id of a run');
    return { kind: "stop", runId, reason: reasonFrom(reason) };
  }
  const last = Array.isArray(messages) ? messages.at(-1) : undefined;
  const message = messageFrom(last);
  return message.kind === "rejected" ? message : { ...message, claimed };
}

function messageFrom(value: unknown): Extract<ChatCommand, { kind: "message" }> | Rejected<string> {
  const { id, role, parts, content } = fields(value);
  if (role !== "user") return rejected('the last of "messages" must have the role "user"');
  if (!isId(id)) return rejected(`the message must have an "id" of up to ${ID_MAX} characters`);
  const all = typeof content === "string" ? [{ type: "text", content }] : Array.isArray(parts) ? parts : [];
  const kept = all.filter(isPartOfPeople);
  if (kept.length === 0) return rejected('the message must have "parts" with text or files');
  return { kind: "message", message: { id, role, parts: kept } };
}

function isPartOfPeople(part: unknown): part is DurableSessionMessagePart {
  const { type, content, text } = fields(part);
  if (typeof type !== "string" || !PARTS_OF_PEOPLE.has(type)) return false;
  return type !== "text" || isFilled(content) || isFilled(text);
}

function isFilled(text: unknown): boolean {
  return typeof text === "string" && text.trim() !== "";
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= ID_MAX;
}

function reasonFrom(value: unknown): string | undefined {
  return typeof value === "string" ? value.slice(0, REASON_MAX) : undefined;
}

/** The members of an object; of anything else, none. */
export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function rejected(rejection: string): Rejected<string> {
  return { kind: "rejected", rejection };
}
