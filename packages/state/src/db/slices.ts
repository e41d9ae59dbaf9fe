/** How long work may keep the event loop at a stretch, in ms: a frame has 16, and others want their part of it. */
const SLICE_MS = 8;

/** Rows of a step to begin with, and at most: from 512 on TanStack DB sorts all keys anew for each transaction. */
const ROWS_START = 64;
const ROWS_MAX = 256;

/**
 * Does work that pauses between steps, and gives way to others whenever it has lasted for a slice. What fits into one
 * slice is done at once, and undefined is returned.
 *
 * @param isStopped asked after each slice: whether to leave the rest undone
 */
export function runInSlices(work: Iterator<void>, isStopped: () => boolean): Promise<void> | undefined {
  return runSlice(work) ? undefined : runRest(work, isStopped);
}

async function runRest(work: Iterator<void>, isStopped: () => boolean): Promise<void> {
  do await nextTurn();
  while (!isStopped() && !runSlice(work));
}

/** Whether the work is done. */
function runSlice(work: Iterator<void>): boolean {
  const end = performance.now() + SLICE_MS;
  do if (work.next().done) return true;
  while (performance.now() < end);
  return false;
}

/** How many rows are shown in a step: as many as take about half a slice, on this machine, with these listeners. */
export class Pace {
  #rows = ROWS_START;

  /** Does a step and measures it. */
  step(work: (rows: number) => void): void {
    const start = performance.now();
    work(this.#rows);
    const milliseconds = performance.now() - start;
    if (milliseconds > SLICE_MS) this.#rows = Math.max(1, this.#rows >> 1);
    else if (milliseconds < SLICE_MS / 4) this.#rows = Math.min(ROWS_MAX, this.#rows * 2);
  }
}

/** Node has it; a timer would cost 4 ms in a browser once it is set again and again. */
declare const setImmediate: ((callback: () => void) => void) | undefined;

/** Resolves when whatever waits for the event loop had its turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    }
  });
}
