/** One pause for garbage collection, as `--trace-gc` reports it. */
export interface GarbageCollection {
  /** When it ended, milliseconds since the process started. */
  readonly at: number;
  /** How long nothing else ran, milliseconds. */
  readonly pause: number;
}

/**
 * Reads what Node prints under `--trace-gc`, in V8's own format:
 * `[1:0x1] 48 ms: Scavenge 3.8 (4.0) -> 3.4 (5.0) MB, 2.42 / 0.00 ms …`. Other lines are passed over.
 */
export function parseGarbageCollections(log: string): GarbageCollection[] {
  const pattern = /(\d+) ms: [A-Z][^\n]*? MB(?:, pooled: [\d.]+ MB)?, ([\d.]+) \/ [\d.]+ ms/g;
  return [...log.matchAll(pattern)].map((match) => ({ at: Number(match[1]), pause: Number(match[2]) }));
}
