/** The longest wait that a server can ask for, in ms: one hour. */
export const RETRY_AFTER_MAX_MS = 3_600_000;

/**
 * Reads a `Retry-After` header (RFC 9110, 10.2.3): seconds, decimals allowed, or an HTTP date.
 *
 * @param now - the time that a date is compared with, in ms since 1970
 * @returns a wait in ms, in `[0, RETRY_AFTER_MAX_MS]`; 0 for anything absent, invalid or past
 */
export function retryAfterMs(value: string | null | undefined, now: number): number {
  const text = value ?? "";
  const seconds = Number(text);
  const wait = Number.isNaN(seconds) ? Date.parse(text) - now : seconds * 1000;
  return wait > 0 ? Math.min(wait, RETRY_AFTER_MAX_MS) : 0;
}
