/**
 * Cursors (protocol §16.3): a number that changes with time, so that caches may share one answer among many live
 * readers and yet no reader meets the same answer twice.
 */

/** How wall-clock time maps to cursors. Every server behind one cache must use the same numbers. */
export interface CursorOptions {
  /** Where interval 0 starts, in epoch milliseconds. Default: 2024-10-09T00:00:00Z. */
  readonly epochMs?: number;
  /** Length of an interval in milliseconds. Default: 20,000. */
  readonly intervalMs?: number;
}

const DEFAULT_EPOCH_MS = 1_728_432_000_000;
const DEFAULT_INTERVAL_MS = 20_000;
const MAX_JITTER_MS = 3_600_000;

/** At most fifteen digits: adding the jitter to such a number stays exact. */
const CURSOR = /^[0-9]{1,15}$/;

/** The number of the interval that holds `nowMs` (epoch milliseconds); 0 before the epoch. */
export function currentCursor(nowMs: number, options: CursorOptions = {}): number {
  const { epochMs = DEFAULT_EPOCH_MS, intervalMs = DEFAULT_INTERVAL_MS } = options;
  return Math.max(0, Math.floor((nowMs - epochMs) / intervalMs));
}

/** Reads a client's `cursor` parameter. What is not a decimal number of at most 15 digits counts as absent. */
export function parseCursor(text: string | undefined): number | undefined {
  return text !== undefined && CURSOR.test(text) ? Number(text) : undefined;
}

/**
 * The cursor of the next live response. A client that is behind, or sent none, gets the current interval; a client
 * that is level or ahead gets its own cursor plus a random number of intervals (up to an hour's worth, at least one),
 * so the answer is always greater than what it sent.
 *
 * @param random a source of numbers in [0, 1), such as `Math.random`
 */
export function nextCursor(
  nowMs: number,
  client: number | undefined,
  random: () => number,
  options: CursorOptions = {},
): number {
  const current = currentCursor(nowMs, options);
  if (client === undefined || client < current) return current;
  const { intervalMs = DEFAULT_INTERVAL_MS } = options;
  return client + Math.max(1, Math.ceil((random() * MAX_JITTER_MS) / intervalMs));
}
