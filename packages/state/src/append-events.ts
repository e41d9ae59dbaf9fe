import type { AppendOptions, AppendPromise, DurableStream } from "@perennial/client";
import { txidProblem } from "./protocol/check.ts";
import type { ChangeEvent, StateEvent } from "./protocol/events.ts";
import { headersOf } from "./protocol/guards.ts";

/** Options of `appendEvents()`. */
export interface AppendEventsOptions extends AppendOptions {
  /** Written into every change, for `awaitTxId`. */
  txid?: string | undefined;
}

/**
 * Appends events in one request: the stream gets all of them, one after the other, or none.
 *
 * @param events at least one
 * @throws TypeError when a `txid` is no text that is not empty
 * @throws as `DurableStream.append()`
 * @example
 * ```ts
 * import { DurableStream } from "@perennial/client";
 * import { appendEvents } from "@perennial/state";
 * const stream = new DurableStream({ url: "https://example.com/streams/board" });
 * const headers = { operation: "insert" } as const;
 * await appendEvents(stream, [
 *   { type: "user", key: "1", value: { name: "Ada" }, headers },
 *   { type: "user", key: "2", value: { name: "Grace" }, headers },
 * ]);
 * ```
 */
export function appendEvents(
  stream: DurableStream,
  events: ReadonlyArray<StateEvent>,
  { txid, ...options }: AppendEventsOptions = {},
): AppendPromise {
  const texts = events.map((event) => JSON.stringify(withTxid(event, txid)));
  return appendTexts(stream, texts, options);
}

/** Appends messages that are JSON already. The handle puts the brackets of an array around what it is given. */
export function appendTexts(
  stream: DurableStream,
  texts: readonly string[],
  options: AppendOptions = {},
): AppendPromise {
  return stream.append(texts.join(","), { contentType: "application/json", ...options });
}

function withTxid(event: StateEvent, txid: string | undefined): StateEvent {
  const headers = headersOf(event);
  if (headers === undefined || headers.control !== undefined) return event;
  const id = txid ?? headers.txid;
  if (id === undefined) return event;
  const problem = txidProblem(id);
  if (problem !== undefined) throw new TypeError(problem);
  return { ...event, headers: { ...headers, txid: id } } as ChangeEvent;
}
