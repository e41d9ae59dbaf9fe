import { type ChunkFormat, VANISHED, type WriterNote } from "@perennial/ai";
import type { AguiEvent } from "./types.ts";

/** The custom event by which a writer says that it lives. No reader of a thread sees it. */
const WRITER_EVENT = "perennial.writer";

/** Events that are pieces, each with the member that says what they are pieces of. */
const PIECES: Readonly<Record<string, "messageId" | "toolCallId">> = {
  TEXT_MESSAGE_CONTENT: "messageId",
  REASONING_MESSAGE_CONTENT: "messageId",
  THINKING_TEXT_MESSAGE_CONTENT: "messageId",
  TOOL_CALL_ARGS: "toolCallId",
};

/** Events of AG-UI as chunks of a generation. */
export const aguiFormat: ChunkFormat<AguiEvent> = {
  note: (note) => ({ type: "CUSTOM", name: WRITER_EVENT, value: note }),
  noteOf: (event) => {
    const { type, name, value } = (event ?? {}) as AguiEvent;
    return type === "CUSTOM" && name === WRITER_EVENT && isNote(value) ? value : undefined;
  },
  error: (message) => ({ type: "RUN_ERROR", message, code: message === VANISHED ? "WRITER_GONE" : "FAILED" }),
  abort: () => ({ type: "RUN_FINISHED" }),
  pieceOf: (event) => {
    const member = PIECES[String(event?.type)];
    const isPiece = member !== undefined && typeof event.delta === "string";
    return isPiece ? `${event.type} ${event[member]}` : undefined;
  },
  join: (earlier, later) => ({ ...earlier, delta: earlier.delta + later.delta }),
};

/** Whether a value is an event. What is none is passed over: one writer's mistake must not keep readers from a thread. */
export function isEvent(value: unknown): value is AguiEvent {
  return (
    typeof (value as Partial<AguiEvent> | null)?.type === "string" &&
    aguiFormat.noteOf(value as AguiEvent) === undefined
  );
}

function isNote(value: unknown): value is WriterNote {
  const { writer, leaseMs } = (value ?? {}) as Partial<WriterNote>;
  return typeof writer === "string" && typeof leaseMs === "number" && leaseMs > 0;
}
