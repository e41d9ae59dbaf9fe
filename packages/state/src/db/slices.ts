/** How long work may keep the event loop at a stretch, in ms: a frame has 16, and others want their part of it. */
export const SLICE_MS = 8;

/** Rows of a step at most: from one more on TanStack DB sorts all keys anew for each transaction. */
const ROWS_MAX = 511;

/** Rows of the first step: what is small is shown at once, whatever the listeners cost, which is not known yet. */
export const FIRST_ROWS = 16;

/** Where time passes and others wait. */
export interface EventLoop {
  /** Time, in ms. */
  now(): number;
  /** Resolves when whatever waits for the event loop had its turn. */
  nextTurn(): Promise<void>;
}

const eventLoop: EventLoop = { now: () => performance.now(), nextTurn };

/**
 * Does work that pauses between steps, and gives way to others whenever it has lasted for a slice. What fits into one
 * slice is done at once, and undefined is returned.
 *
 * @param isStopped asked after each slice: whether to leave the rest undone
 */
export function runInSlices(
  work: Iterator<void>,
  isStopped: () => boolean,
  loop = eventLoop,
): Promise<void> | undefined {
  return runSlice(work, loop) ? undefined : runRest(work, isStopped, loop);
}

async function runRest(work: Iterator<void>, isStopped: () => boolean, loop: EventLoop): Promise<void> {
  do await loop.nextTurn();
  while (!isStopped() && !runSlice(work, loop));
}

/** Whether the work is done. */
function runSlice(work: Iterator<void>, { now }: EventLoop): boolean {
  const end = now() + SLICE_MS;
  do if (work.next().done) return true;
  while (now() < end);
  return false;
}

/**
 * How many rows are shown in a step: a few to begin with, and as many as take about half a slice, on this machine, with
 * these listeners.
 */
export class Pace {
  readonly #now: () => number;
  #rows = FIRST_ROWS;

  constructor({ now } = eventLoop) {
    this.#now = now;
  }

  /** Does a step and measures it. */
  step(work: (rows: number) => void): void {
    const start = this.#now();
    work(this.#rows);
    const milliseconds = this.#now() - start;
    if (milliseconds > SLICE_MS / 2) this.#rows = Math.max(1, this.#rows >> 1);
    else if (milliseconds < SLICE_MS / 4) this.#rows = Math.min(ROWS_MAX, this.#rows * 2);
  }
}

/** Node has it; a timer would cost 4 ms in a browser once it is set again and again. */
declare const setImmediate: ((callback: () => void) => void) | undefined;

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
