import type { ChangeEvent, ControlEvent, StateEvent } from "./events.ts";

/**
 * Whether a message is a change: an object whose `headers` have an `operation`. False for anything malformed.
 *
 * @example
 * ```ts
 * import { isChangeEvent, type StateEvent } from "@perennial/state";
 * const event: StateEvent = { type: "user", key: "1", value: "Ada", headers: { operation: "insert" } };
 * if (isChangeEvent(event)) console.log(event.key);
 * ```
 */
export function isChangeEvent<T = unknown>(event: StateEvent<T>): event is ChangeEvent<T> {
  return headersOf(event)?.operation !== undefined;
}

/**
 * Whether a message is a control message: an object whose `headers` have a `control`. False for anything malformed. A
 * message with both is read as a change.
 *
 * @example
 * ```ts
 * import { isControlEvent, type StateEvent } from "@perennial/state";
 * const event: StateEvent = { headers: { control: "reset" } };
 * if (isControlEvent(event)) console.log(event.headers.control);
 * ```
 */
export function isControlEvent<T = unknown>(event: StateEvent<T>): event is ControlEvent {
  return headersOf(event)?.control !== undefined;
}

/** The headers of a message that may be anything. */
export function headersOf(message: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const headers = (message as { headers?: unknown }).headers;
  if (typeof headers !== "object" || headers === null) return undefined;
  return headers as Readonly<Record<string, unknown>>;
}
