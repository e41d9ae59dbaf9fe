import type { UIMessage } from "@tanstack/ai";
import { actorFrom, type ChatActor } from "../actor.ts";
import { STOPPED_EVENT, valueOfEvent, WRITER_GONE } from "../format.ts";
import { looseChunk } from "../types.ts";

/** How an answer ended before its end. */
export type BrokenEnd = "stopped" | "failed" | "vanished";

const ENDS: readonly unknown[] = ["stopped", "failed", "vanished"] satisfies BrokenEnd[];

/** Who decided about a call of a tool, and how. */
export interface ApprovalDecision {
  readonly id: string;
  readonly approved: boolean;
  readonly actor?: ChatActor;
  readonly reason?: string;
}

const metadataOf = ({ metadata }: UIMessage): Readonly<Record<string, unknown>> =>
  (typeof metadata === "object" && metadata) || {};

/** Who wrote a message; undefined where the session does not say. */
export function actorOf(message: UIMessage): ChatActor | undefined {
  return actorFrom(metadataOf(message).actor);
}

/** How a message broke off; undefined for one that is whole, or is being written. */
export function endOf(message: UIMessage): BrokenEnd | undefined {
  const { end } = metadataOf(message);
  return ENDS.includes(end) ? (end as BrokenEnd) : undefined;
}

/** The run that a message belongs to. */
export function runOf(message: UIMessage): string | undefined {
  const { runId } = metadataOf(message);
  return typeof runId === "string" ? runId : undefined;
}

/** What was decided about calls of tools in a message, by the ids of the approvals. */
export function decisionsOf(message: UIMessage): Readonly<Record<string, ApprovalDecision>> {
  const decisions = Object.values(metadataOf(message).approvals ?? {}).map(decisionFrom);
  return Object.fromEntries(decisions.flatMap((decision) => (decision ? [[decision.id, decision]] : [])));
}

/** A decision, as a chunk's value has it; undefined if it is none. */
export function decisionFrom(value: unknown): ApprovalDecision | undefined {
  const { id, approved, actor, reason } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof id !== "string" || typeof approved !== "boolean") return undefined;
  const by = actorFrom(actor);
  return { id, approved, ...(by && { actor: by }), ...(typeof reason === "string" && { reason }) };
}

/** The run that a chunk breaks off, and how; undefined for all other chunks. */
export function breakOf(chunk: unknown): { readonly runId: string; readonly end: BrokenEnd } | undefined {
  const stopped = looseChunk(valueOfEvent(chunk, STOPPED_EVENT)).runId;
  if (typeof stopped === "string") return { runId: stopped, end: "stopped" };
  const { type, runId, code } = looseChunk(chunk) as ReturnType<typeof looseChunk> & { code?: unknown };
  if (type !== "RUN_ERROR" || typeof runId !== "string") return undefined;
  return { runId, end: code === WRITER_GONE ? "vanished" : "failed" };
}
