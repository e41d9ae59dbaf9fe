import { defaultErrorText, hearStops, keepAlive, type Source, type WaitUntil } from "@perennial/ai";
import { CACHE_CONTROL } from "@perennial/protocol";
import type { DurableSessionMessage, TanStackChunk } from "../types.ts";
import { echoChunks } from "./echo.ts";
import { runTarget } from "./run-stop.ts";
import { type RunEnd, RunWriter } from "./run-writer.ts";
import { ensureDurableChatSessionStream } from "./session-stream.ts";
import type { DurableChatSessionStreamTarget } from "./target.ts";
import { inTurn } from "./turns.ts";

const LEASE_MS = 10_000;

/** Options of `toDurableChatSessionResponse`. */
export interface ToDurableChatSessionResponseOptions {
  readonly stream: DurableChatSessionStreamTarget;
  /** What the person said now. The request carries the whole list; say which messages are new. */
  readonly newMessages: readonly DurableSessionMessage[];
  /**
   * The answer, as `chat()` gives it. A function is called once the messages are stored, with the `signal` for the model:
   * aborted when somebody asks for a stop.
   */
  readonly responseStream: Source<TanStackChunk>;
  /** `immediate` answers 202 once the messages are stored, and writes on; `await` 200 after all is written. Default `immediate`. */
  readonly mode?: "immediate" | "await";
  /** Keeps the process alive while an `immediate` answer is written. Vercel's and Netlify's are found by themselves. */
  readonly waitUntil?: WaitUntil | undefined;
  /**
   * Whether answers of one session wait for each other, in this process: two people who ask at once are answered one after
   * the other. Otherwise their answers are written side by side. Default false.
   */
  readonly oneAtATime?: boolean | undefined;
  /** What readers are told when the answer fails. Default: that an error occurred, and nothing about it. */
  readonly onError?: ((error: unknown) => string) | undefined;
  /** The longest silence after which readers take this process for dead, in ms. Default 10,000. */
  readonly leaseMs?: number | undefined;
}

/**
 * Stores what a person said in a session, and the answer, each chunk once. Everybody who reads the session sees both; the
 * response itself is empty.
 *
 * @throws Error, FetchError, or the error of `fetch`, when the session cannot be written; in mode `await` also what the answer
 *   failed with
 * @example
 * ```ts
 * import { toDurableChatSessionResponse } from "@perennial/tanstack-ai";
 * import { chat, type AnyTextAdapter } from "@tanstack/ai";
 * declare const adapter: AnyTextAdapter;
 * export async function POST(request: Request): Promise<Response> {
 *   const { messages } = await request.json();
 *   return toDurableChatSessionResponse({
 *     stream: { writeUrl: "https://example.com/v1/stream/chat/1" },
 *     newMessages: [messages.at(-1)],
 *     responseStream: chat({ adapter, messages }),
 *   });
 * }
 * ```
 */
export async function toDurableChatSessionResponse(
  options: ToDurableChatSessionResponseOptions,
): Promise<Response> {
  const { newMessages, mode = "immediate", waitUntil } = options;
  const { finished } = await storeAndAnswer(options, newMessages.flatMap(echoChunks));
  const headers = { [CACHE_CONTROL]: "no-store" };
  if (mode === "await") {
    const end = await finished;
    if (end.kind === "failed") throw end.error;
    return new Response(null, { status: 200, headers });
  }
  keepAlive(reported(finished), waitUntil);
  return new Response(null, { status: 202, headers });
}

/** How an answer is written into a session. */
export type AnswerOptions = Pick<
  ToDurableChatSessionResponseOptions,
  "stream" | "responseStream" | "oneAtATime" | "onError" | "leaseMs"
>;

/**
 * Stores what somebody said, and begins to store the answer.
 *
 * @returns once the former is stored, in an object of its own so that it is not waited for: the end of the latter
 */
export async function storeAndAnswer(
  options: AnswerOptions,
  said: readonly TanStackChunk[],
): Promise<{ readonly finished: Promise<RunEnd> }> {
  const { stream: target, responseStream } = options;
  const { leaseMs = LEASE_MS, onError: errorText = defaultErrorText } = options;
  const stream = await ensureDurableChatSessionStream(target);
  const over = new AbortController();
  const writer = new RunWriter(stream, {
    ...{ leaseMs, errorText },
    onRun: (runId, stop) => hearStops(runTarget(target, runId), over.signal, stop),
  });
  await writer.store(said);
  const run = () => writer.run(responseStream);
  const answered = options.oneAtATime ? inTurn(stream.url, run) : run();
  return { finished: answered.finally(() => over.abort()) };
}

/** The end of an answer for which nobody waits: what went wrong is logged. */
export function reported(finished: Promise<RunEnd>): Promise<void> {
  return finished.then(report, report);
}

function report(end: RunEnd | Error): void {
  const error = end instanceof Error ? end : end.kind === "failed" ? end.error : undefined;
  if (error !== undefined) console.error("Durable chat session write failed", error);
}
