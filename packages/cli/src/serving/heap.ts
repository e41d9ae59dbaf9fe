import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics, setFlagsFromString } from "node:v8";

const MIB = 1024 * 1024;

/** How much garbage the heap may hold in any case, bytes. */
const GARBAGE_BYTES = 32 * MIB;
/** The most and the least that the heap may grow over what lives in it before it is collected, percent. */
const GROWTH_MAX = 400;
const GROWTH_MIN = 50;

/**
 * Keeps the heap near what lives in it, and leaves a small one alone. By default V8 lets a large heap grow to three
 * or four times its size: with 100,000 streams in use that is a quarter of a gigabyte of nothing. A small heap it
 * collects as a whole after a few megabytes, the bytes read from sockets included: ten times a second under load, for
 * a fifth of all CPU time. So the room for garbage is a fixed number of bytes, until half of what lives is more.
 */
export function boundGarbage(): void {
  letHeapGrow();
  const observer = new PerformanceObserver((list) => {
    if (list.getEntries().some(isOfWholeHeap)) letHeapGrow();
  });
  observer.observe({ type: "gc" });
}

/** Called when little but what lives is on the heap. */
function letHeapGrow(): void {
  const percent = Math.round((GARBAGE_BYTES / getHeapStatistics().used_heap_size) * 100);
  setFlagsFromString(`--heap-growing-percent=${Math.max(GROWTH_MIN, Math.min(GROWTH_MAX, percent))}`);
}

function isOfWholeHeap(entry: PerformanceEntry & { readonly detail?: unknown }): boolean {
  return (entry.detail as { readonly kind: unknown }).kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
