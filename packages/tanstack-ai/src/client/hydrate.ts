import { stream } from "@perennial/client";
import type { Interrupt, UIMessage } from "@tanstack/ai";
import type { FoldedSession, SessionAddress } from "../session/compact.ts";
import { SessionFold } from "../session/fold.ts";
import { looseChunk, type TanStackChunk } from "../types.ts";

/** Which messages of a session are wanted: the last `limit`, before the one whose id is `before`. Default: all. */
export interface HydrationWindow {
  readonly limit?: number;
  readonly before?: string;
}

/** A session as TanStack AI's client begins with it (`ChatHydrationResult`). */
export interface SessionHydration {
  readonly messages: UIMessage[];
  /** The newest run under way. Its words are not in `messages`: `joinRun` brings them. */
  readonly activeRun: { readonly runId: string } | null;
  /** What waits for somebody to decide. */
  readonly interrupts: { readonly runId: string; readonly pending: Interrupt[] } | null;
  /** There are earlier messages: `cursor` is the `before` that brings them. */
  readonly page?: { truncated: true; cursor: string };
}

/** What a run stopped for. */
interface Interruption {
  readonly runId: string;
  readonly pending: readonly Interrupt[];
}

/**
 * Reads a session as it is now.
 *
 * @throws FetchError, 404 when there is none, or the error of `fetch`
 */
export async function hydrationOf(
  address: SessionAddress,
  start: FoldedSession | undefined,
  wanted: HydrationWindow,
): Promise<SessionHydration> {
  const fold = new SessionFold(start?.messages);
  const read = { ...address, offset: start?.offset, json: true, live: false, warnOnHttp: false } as const;
  let interruption: Interruption | undefined;
  for (const chunk of await (await stream<TanStackChunk>(read)).json<TanStackChunk>()) {
    fold.add(chunk);
    interruption = interruptionOf(chunk) ?? interruption;
  }
  const runId = fold.runs.ids.at(-1);
  return {
    ...windowOf(runId === undefined ? fold.messages : fold.settled, wanted),
    activeRun: runId === undefined ? null : { runId },
    interrupts: interruption === undefined ? null : undecided(interruption, fold.messages),
  };
}

function interruptionOf(chunk: TanStackChunk): Interruption | undefined {
  const { type, runId, outcome } = looseChunk(chunk) as ReturnType<typeof looseChunk> & {
    readonly outcome?: { readonly type?: unknown; readonly interrupts?: unknown };
  };
  if (type !== "RUN_FINISHED" || typeof runId !== "string" || outcome?.type !== "interrupt") return undefined;
  const { interrupts } = outcome;
  return Array.isArray(interrupts) ? { runId, pending: interrupts } : undefined;
}

/** The part of an interruption that nobody decided about. */
function undecided(
  { runId, pending }: Interruption,
  messages: readonly UIMessage[],
): SessionHydration["interrupts"] {
  const open = new Set<string>();
  for (const { parts } of messages)
    for (const part of parts)
      if (part.type === "tool-call" && part.approval && part.approval.approved === undefined)
        open.add(part.approval.id);
  const waiting = pending.filter((interrupt) => open.has(interrupt?.id));
  return waiting.length === 0 ? null : { runId, pending: waiting };
}

/** The messages that are wanted. */
export function windowOf(
  messages: readonly UIMessage[],
  { limit, before }: HydrationWindow,
): Pick<SessionHydration, "messages" | "page"> {
  const at = before === undefined ? -1 : messages.findIndex(({ id }) => id === before);
  const end = at === -1 ? messages.length : at;
  const from = limit === undefined ? 0 : Math.max(0, end - limit);
  const shown = messages.slice(from, end);
  const [first] = shown;
  if (from === 0 || first === undefined) return { messages: shown };
  return { messages: shown, page: { truncated: true, cursor: first.id } };
}
