import type { AguiEvent } from "./types.ts";

/** Why a run ended without saying so. */
export type Interruption =
  | { readonly kind: "stopped" }
  | { readonly kind: "broken"; readonly message: string | undefined };

const STOPPED = "Run stopped by user";
const BROKEN = "Run ended without emitting a terminal event";

/**
 * What is open in a run, so that one that is interrupted can be brought to an end: readers must not wait for the rest of a message,
 * and models refuse a history with calls that have no result. What is closed is forgotten.
 */
export class OpenEnds {
  readonly #messages = new Set<string>();
  readonly #calls = new Map<string, { isEnded: boolean; hasResult: boolean }>();
  #isOver = false;

  /** Takes note of an event. */
  see({ type, messageId, toolCallId }: AguiEvent): void {
    const call = this.#calls.get(toolCallId);
    if (type === "TEXT_MESSAGE_START") this.#messages.add(messageId);
    else if (type === "TEXT_MESSAGE_END") this.#messages.delete(messageId);
    else if (type === "TOOL_CALL_START" && call === undefined)
      this.#calls.set(toolCallId, { isEnded: false, hasResult: false });
    else if (type === "TOOL_CALL_END" && call !== undefined) call.isEnded = true;
    else if (type === "TOOL_CALL_RESULT" && call !== undefined) call.hasResult = true;
    else if (type === "RUN_FINISHED" || type === "RUN_ERROR") this.#isOver = true;
    if (call?.isEnded && call.hasResult) this.#calls.delete(toolCallId);
  }

  /** The events that bring the run to its end; none if it has one. */
  ending(why: Interruption): AguiEvent[] {
    if (this.#isOver) return [];
    const isStopped = why.kind === "stopped";
    const message = isStopped ? STOPPED : (why.message ?? BROKEN);
    const messages = [...this.#messages].map((messageId) => ({ type: "TEXT_MESSAGE_END", messageId }));
    const calls = [...this.#calls].flatMap(([toolCallId, { isEnded, hasResult }]) => [
      ...(isEnded ? [] : [{ type: "TOOL_CALL_END", toolCallId }]),
      ...(hasResult ? [] : [resultOf(toolCallId, isStopped, message)]),
    ]);
    const last = isStopped
      ? { type: "RUN_FINISHED" }
      : { type: "RUN_ERROR", message, code: "INCOMPLETE_STREAM" };
    return [...messages, ...calls, last];
  }
}

/** What CopilotKit itself says of a call without a result. */
function resultOf(toolCallId: string, isStopped: boolean, message: string): AguiEvent {
  const [status, reason] = isStopped ? ["stopped", "stop_requested"] : ["error", "missing_terminal_event"];
  const content = JSON.stringify({ status, reason, message });
  return { type: "TOOL_CALL_RESULT", toolCallId, messageId: `${toolCallId}-result`, role: "tool", content };
}
