import type { UIMessage } from "ai";
import { isId } from "./chats.ts";

/** The longest text of a message, in characters. */
const TEXT_MAX = 200_000;

/** What somebody asks in a chat. */
interface Question {
  readonly chatId: string;
  readonly message: UIMessage;
}

/**
 * A question, out of the JSON that a page sent; undefined if it is none. Everybody who opens the chat shows it, and each model is
 * sent it: only what this page can write is taken, which is text.
 */
export function questionFrom(json: unknown): Question | undefined {
  const { id: chatId, messages } = (json ?? {}) as Readonly<Record<string, unknown>>;
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  const { id, role, parts } = (last ?? {}) as Readonly<Record<string, unknown>>;
  if (!isId(chatId) || !isId(id) || role !== "user" || !Array.isArray(parts)) return undefined;
  const text = storable(parts.map(textOf).join(""));
  if (text.trim() === "" || text.length > TEXT_MAX) return undefined;
  return { chatId, message: { id, role, parts: [{ type: "text", text }] } };
}

/** A text without halves of letters, which no stream takes. */
export function storable(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

function textOf(part: unknown): string {
  const { type, text } = (part ?? {}) as Readonly<Record<string, unknown>>;
  return type === "text" && typeof text === "string" ? text : "";
}
