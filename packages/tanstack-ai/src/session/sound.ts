import type { UIMessage } from "@tanstack/ai";
import { actorOf, endOf } from "./marks.ts";

type Part = UIMessage["parts"][number];

const ROLES: readonly unknown[] = ["user", "assistant", "system"];
/** Members that a page takes for text, by the type of the part. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  text: ["content"],
  thinking: ["content"],
  "tool-call": ["id", "name", "arguments"],
  "tool-result": ["toolCallId"],
};

/** What was found sound before, whole or in part; undefined for what is no message. */
const judged = new WeakMap<object, UIMessage | undefined>();

/**
 * The messages that a page can show without a second look: anybody who may write to a session may write nonsense. Of several with
 * one id the last is taken, as an id is shown once.
 */
export function soundMessages(messages: readonly UIMessage[]): readonly UIMessage[] {
  const byId = new Map<string, UIMessage>();
  for (const message of messages) {
    const sound = soundMessage(message);
    if (sound !== undefined) byId.set(sound.id, sound);
  }
  return [...byId.values()];
}

function soundMessage(message: unknown): UIMessage | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  if (!judged.has(message)) judged.set(message, judge(message as UIMessage));
  return judged.get(message);
}

function judge(message: UIMessage): UIMessage | undefined {
  const { id, role, parts } = message as { id: unknown; role: unknown; parts: unknown };
  if (typeof id !== "string" || !ROLES.includes(role) || !Array.isArray(parts)) return undefined;
  const kept = (parts as Part[]).filter(isSound);
  // An error of a run that never spoke leaves an empty message behind.
  if (kept.length === 0 && actorOf(message) === undefined && endOf(message) === undefined) return undefined;
  return kept.length === parts.length ? message : { ...message, parts: kept };
}

function isSound(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  const members = part as Readonly<Record<string, unknown>>;
  const { type, approval } = members;
  if (typeof type !== "string") return false;
  const texts = Object.hasOwn(TEXTS, type) ? TEXTS[type]! : [];
  if (!texts.every((name) => typeof members[name] === "string")) return false;
  return approval === undefined || typeof (approval as { id?: unknown } | null)?.id === "string";
}
