/** How long to wait before something is tried again, milliseconds. */

const SECOND = 1000;
const LONGEST_MS = 60 * SECOND;
const JITTER = 0.2;
const RESEND_LEAST_MS = 30 * SECOND;
const RESEND_MOST_MS = 600 * SECOND;

/**
 * Before a delivery is tried again: twice as long each time, up to a minute, a fifth more or less (protocol §18.6).
 *
 * @param failures in a row, from 1
 * @param random in [0, 1)
 */
export function retryDelay(failures: number, random: number): number {
  const plain = Math.min(SECOND * 2 ** Math.min(failures - 1, 30), LONGEST_MS);
  return Math.round(plain * (1 - JITTER + 2 * JITTER * random));
}

/**
 * Before another wake begins although the last ones moved nothing. Once is nothing odd; a worker that always ends its wakes so
 * would else be woken as fast as it answers.
 */
export function idleDelay(idleWakes: number): number {
  return idleWakes < 2 ? 0 : Math.min(SECOND * 2 ** Math.min(idleWakes - 2, 30), LONGEST_MS);
}

/** Before a wake that nobody claimed is written to its wake stream again. */
export function resendDelay(sent: number, leaseMs: number): number {
  return Math.min(Math.max(RESEND_LEAST_MS, leaseMs) * 2 ** Math.min(sent - 1, 30), RESEND_MOST_MS);
}
