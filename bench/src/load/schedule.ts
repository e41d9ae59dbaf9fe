import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";

/** Events at a fixed rate. */
export interface Schedule {
  readonly perSecond: number;
  readonly seconds: number;
  /** Called for each event, as near to its time as possible and never before. `dueAt` is on `performance.now()`. */
  fire(index: number, dueAt: number): void;
}

/** Timers come a millisecond or so late: the last stretch before an event is spent turning the event loop. */
const SPIN_MILLISECONDS = 2;

/**
 * Fires every event of a schedule. An event whose time has passed is fired at once, under its own due time: a
 * latency that is counted from there holds what a stall made to wait (no coordinated omission).
 */
export async function runSchedule(schedule: Schedule): Promise<void> {
  const count = Math.round(schedule.perSecond * schedule.seconds);
  const interval = 1000 / schedule.perSecond;
  const startAt = performance.now() + interval;
  let fired = 0;
  while (fired < count) {
    const now = performance.now();
    while (fired < count && startAt + fired * interval <= now) {
      schedule.fire(fired, startAt + fired * interval);
      fired++;
    }
    const wait = startAt + fired * interval - performance.now();
    if (wait > SPIN_MILLISECONDS) await delay(Math.floor(wait - SPIN_MILLISECONDS));
    else await nextTurn();
  }
}
