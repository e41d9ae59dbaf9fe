/** The longest `Stream-TTL` we accept, in seconds: ten years of 365 days. */
export const TTL_MAX_SECONDS = 10 * 365 * 86_400;

const EXPIRES_AT_MAX_LENGTH = 64;
/** 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: what four digits of a year can hold. */
const MIN_INSTANT_MS = -62_167_219_200_000;
const MAX_INSTANT_MS = 253_402_300_799_999;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const TTL = /^(?:0|[1-9][0-9]*)$/;
const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** A stream's configured lifetime. The protocol lets a stream have at most one of the two. */
export interface Lifetime {
  /** `Stream-TTL`: seconds since the last renewal. */
  readonly ttlSeconds?: number | undefined;
  /** `Stream-Expires-At`: epoch milliseconds; never renewed. */
  readonly expiresAtMs?: number | undefined;
}

/** Reads `Stream-TTL`: whole seconds without sign or leading zero, 0 to `TTL_MAX_SECONDS` (protocol §3.1). */
export function parseTtl(text: string): number | undefined {
  if (!TTL.test(text)) return undefined;
  const seconds = Number(text);
  return seconds <= TTL_MAX_SECONDS ? seconds : undefined;
}

/**
 * Reads `Stream-Expires-At`: an RFC 3339 timestamp with `Z` or a numeric offset, as epoch milliseconds. Digits beyond
 * the millisecond are cut off, never rounded up. A date that does not exist is refused. A leap second is accepted
 * where one can occur (the last second of a month in UTC) and means the instant that follows it, as in POSIX time.
 */
export function parseExpiresAt(text: string): number | undefined {
  const match = text.length <= EXPIRES_AT_MAX_LENGTH ? RFC_3339.exec(text) : null;
  if (match === null) return undefined;
  const [
    ,
    year,
    month,
    day,
    hour,
    minute,
    second,
    fraction = "",
    sign,
    offsetHour = "0",
    offsetMinute = "0",
  ] = match;
  const midnight = midnightMs(Number(year), Number(month), Number(day));
  if (midnight === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return undefined;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined;
  const offset = (sign === "-" ? -1 : 1) * (Number(offsetHour) * 60 + Number(offsetMinute)) * MINUTE_MS;
  const whole = midnight + (Number(hour) * 60 + Number(minute)) * MINUTE_MS + Number(second) * 1000 - offset;
  if (Number(second) === 60 && !isStartOfMonth(whole)) return undefined;
  const instant = whole + Number(fraction.slice(0, 3).padEnd(3, "0"));
  return instant >= MIN_INSTANT_MS && instant <= MAX_INSTANT_MS ? instant : undefined;
}

/**
 * Formats an instant (epoch milliseconds, within the years 0000 to 9999) as RFC 3339 in UTC with milliseconds. A
 * fraction of a millisecond is cut off: the result is never later than the instant (protocol §15.1).
 */
export function formatExpiresAt(ms: number): string {
  return new Date(Math.min(MAX_INSTANT_MS, Math.max(MIN_INSTANT_MS, Math.floor(ms)))).toISOString();
}

/**
 * When a stream expires, in epoch milliseconds: at its fixed instant, or its TTL after the last renewal, whichever
 * comes first; `undefined` if it never does. It is expired from that instant on.
 */
export function deadline(lifetime: Lifetime, renewedAtMs: number): number | undefined {
  const { ttlSeconds, expiresAtMs } = lifetime;
  if (ttlSeconds === undefined) return expiresAtMs;
  const byTtl = renewedAtMs + ttlSeconds * 1000;
  return expiresAtMs === undefined ? byTtl : Math.min(byTtl, expiresAtMs);
}

/** The start of a day in UTC; `undefined` if the calendar has no such day. */
function midnightMs(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() : undefined;
}

function isStartOfMonth(ms: number): boolean {
  return ms % DAY_MS === 0 && new Date(ms).getUTCDate() === 1;
}
