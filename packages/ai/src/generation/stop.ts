import { stream } from "@perennial/client";
import {
  controlTarget,
  type GenerationTarget,
  handleOf,
  isMissing,
  JSON_TYPE,
  stateOf,
  streamOptions,
} from "./target.ts";

/** A wish of a reader that the writer stops. */
interface StopMessage {
  readonly type: "stop";
  readonly reason?: string;
}

/** What became of a request to stop. */
export type StopResult =
  /** The writer will see it. */
  | { readonly kind: "asked" }
  /** The answer was complete already. */
  | { readonly kind: "ended" }
  /** There is no such generation. */
  | { readonly kind: "missing" }
  /** Its writer takes no requests to stop: it is somebody else's, or has `stoppable: false`. */
  | { readonly kind: "deaf" };

/**
 * Asks the writer of a generation to stop, from any process. A writer that lives ends the stream with an abort chunk a moment
 * later; its model sees an `AbortSignal`.
 *
 * @param reason - passed on to the writer and to readers
 * @throws FetchError, or the error of `fetch`, when the server could not be asked
 * @example
 * ```ts
 * import { requestStop } from "@perennial/ai";
 * const result = await requestStop({ url: "https://example.com/v1/stream/chat/1/answer" }, "stopped by Ada");
 * if (result.kind === "ended") console.log("it was complete");
 * ```
 */
export async function requestStop(target: GenerationTarget, reason?: string): Promise<StopResult> {
  const message: StopMessage = { type: "stop", ...(reason === undefined ? {} : { reason }) };
  try {
    await handleOf(controlTarget(target)).append(message);
    return { kind: "asked" };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const state = await stateOf(target);
  if (state === "missing") return { kind: "missing" };
  return { kind: state === "closed" ? "ended" : "deaf" };
}

/** Makes the place where stops are asked for. */
export async function openControl(target: GenerationTarget, ttlSeconds: number): Promise<void> {
  await handleOf(controlTarget(target)).create({ contentType: JSON_TYPE, ttlSeconds });
}

/** Removes it: nobody is left who could stop. */
export async function removeControl(target: GenerationTarget): Promise<void> {
  try {
    await handleOf(controlTarget(target)).delete();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Waits until somebody asks for a stop. Resolves with nothing when `signal` is aborted first. */
export async function stopAsked(
  target: GenerationTarget,
  signal: AbortSignal,
): Promise<{ readonly reason: string | undefined } | undefined> {
  if (signal.aborted) return undefined;
  try {
    const messages = stream<StopMessage>({
      ...streamOptions(controlTarget(target)),
      ...{ json: true, live: "sse", signal, visibility: false },
    });
    for await (const message of messages) {
      if (message?.type === "stop")
        return { reason: typeof message.reason === "string" ? message.reason : undefined };
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return undefined;
}

const CONTROL_SECONDS = 86_400;

/**
 * Hears requests to stop something that is written in a stream of others' too, such as one run of a session: `requestStop` with
 * this target reaches it until the signal is aborted.
 *
 * @param onStop - told of the first request
 * @param onWarning - told when requests cannot be heard
 */
export function hearStops(
  target: GenerationTarget,
  over: AbortSignal,
  onStop: (reason: string | undefined) => void,
  onWarning: (error: unknown) => void = console.warn,
): void {
  const hear = async () => {
    await openControl(target, CONTROL_SECONDS);
    try {
      const asked = await stopAsked(target, over);
      if (asked !== undefined) onStop(asked.reason);
      await aborted(over);
    } finally {
      // A place that is left would tell people that somebody hears them.
      await removeControl(target);
    }
  };
  hear().catch(onWarning);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
