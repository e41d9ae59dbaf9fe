/** Numbers as people read them. */

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Bytes in decimal units, three digits at most: `0 B`, `52 B`, `1.2 kB`, `340 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const text =
    unit === 0 || value >= 99.5 ? Math.round(value).toString() : value.toFixed(value < 9.95 ? 1 : 0);
  return `${text} ${UNITS[unit]}`;
}

/** Bytes per second; nothing for a stream at rest. */
export function formatRate(rate: number): string {
  return rate < 0.5 ? "" : `${formatBytes(rate)}/s`;
}

/** A count with thousands separated by thin spaces: `1 000 000`. */
export function formatCount(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** How long ago, in one unit: `now`, `12 s ago`, `3 h ago`. */
export function formatAgo(then: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 2) return "now";
  if (seconds < 120) return `${seconds} s ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}
