import { customEvent, MESSAGE_EVENT } from "../format.ts";
import type { DurableSessionMessage, DurableSessionMessagePart, TanStackChunk } from "../types.ts";

const OWN_ROLES: readonly (string | undefined)[] = ["assistant", "system", "tool"];

/** A message of a person as chunks, so that everybody sees it, in versions that know nothing of this package, too. */
export function toMessageEchoChunks(message: DurableSessionMessage): TanStackChunk[] {
  const { parts = [], metadata } = message;
  const messageId = idOf(message);
  const common = { messageId, model: "client", timestamp: Date.now() };
  const delta = parts.map(textOf).join("");
  return [
    { type: "TEXT_MESSAGE_START", ...common, role: roleOf(message), ...(metadata && { metadata }) },
    ...(delta === "" ? [] : [{ type: "TEXT_MESSAGE_CONTENT", ...common, delta }]),
    { type: "TEXT_MESSAGE_END", ...common },
  ];
}

/**
 * The chunks of a message with all that it holds: the text, and, where there is more than text (files, tool results), the
 * whole message for readers of this package.
 */
export function echoChunks(message: DurableSessionMessage): TanStackChunk[] {
  const id = idOf(message);
  const chunks = toMessageEchoChunks({ ...message, id });
  const isText = (message.parts ?? []).every((part) => part.type === "text");
  return isText ? chunks : [...chunks, customEvent(MESSAGE_EVENT, { ...message, id, role: roleOf(message) })];
}

function idOf({ id }: DurableSessionMessage): string {
  return id === undefined || id === "" ? crypto.randomUUID() : id;
}

function roleOf({ role }: DurableSessionMessage): string {
  return role !== undefined && OWN_ROLES.includes(role) ? role : "user";
}

function textOf({ type, content, text }: DurableSessionMessagePart): string {
  return type === "text" ? (content ?? text ?? "") : "";
}
