import { onAbort } from "./signals.ts";

/** The longest delay of a timer, in ms: about 25 days. One that is set to more runs out at once. */
const TIMER_MAX_MS = 2_147_483_647;

/**
 * Calls back once, after `ms` milliseconds (about 25 days at most) or when the signal is aborted.
 *
 * @returns lets go of both, so that nothing is called any more
 */
export function whenOver(
  ms: number,
  signal: AbortSignal | null | undefined,
  callback: () => void,
): () => void {
  let letGo = () => {};
  const release = () => {
    clearTimeout(timer);
    letGo();
  };
  const end = () => {
    release();
    callback();
  };
  const timer = setTimeout(end, Math.min(ms, TIMER_MAX_MS));
  letGo = onAbort(signal, end);
  return release;
}

/**
 * Settles as `arrival` does, unless the time is over, or the signal aborted, before.
 *
 * @param giveUp - called then; returns what to reject with
 */
export function unlessOver<T>(
  ms: number,
  signal: AbortSignal | null | undefined,
  arrival: T | Promise<T>,
  giveUp: () => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const release = whenOver(ms, signal, () => reject(giveUp()));
    Promise.resolve(arrival).then(resolve, reject).finally(release);
  });
}

/** Waits for `ms` milliseconds, or until the signal is aborted. */
export function sleep(ms: number, signal: AbortSignal | null | undefined): Promise<void> {
  return new Promise((resolve) => {
    whenOver(ms, signal, resolve);
  });
}
