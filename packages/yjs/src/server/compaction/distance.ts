const POSITION = /^(\d+)_(\d+)$/;

/**
 * Bytes between two offsets, where both are of the form that servers use and count bytes: a number, and within it the
 * position. Undefined for any other: offsets are opaque. It decides when a document is compacted, and nothing else.
 *
 * @param from null for the stream's beginning
 */
export function distance(from: string | null, to: string | null): number | undefined {
  const end = POSITION.exec(to ?? "");
  if (end === null) return undefined;
  const start = from === null ? { 1: end[1], 2: "0" } : POSITION.exec(from);
  return start !== null && start[1] === end[1] ? Math.max(0, Number(end[2]) - Number(start[2])) : undefined;
}
