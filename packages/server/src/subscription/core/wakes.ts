/** What becomes of a subscription's wakes: each decision is a function from one progress to the next. Pure. */
import { idleDelay, resendDelay, retryDelay } from "./delays.ts";
import type { DeadLetter, Mark, Progress, Wake } from "./state.ts";

/** What a new wake is about. */
export interface NewWake {
  readonly id: string;
  readonly stream: string;
  readonly marks: readonly Mark[];
}

/** Begins a wake. There must be none, and something pending. */
export function begun(progress: Progress, { id, stream, marks }: NewWake, now: number): Progress {
  return {
    ...progress,
    generation: progress.generation + 1,
    wake: {
      ...{ id, stream, marks, startedAt: now, attempts: 0, nextAt: now },
      ...{ leaseUntil: undefined, holder: undefined, hasMoved: false, gone: [] },
    },
    notBefore: undefined,
    isParked: false,
  };
}

/** Ends the wake; another one may begin if there is work left. */
export function ended(progress: Progress, now: number, hasMoved: boolean): Progress {
  const idleWakes = hasMoved || progress.wake?.hasMoved ? 0 : progress.idleWakes + 1;
  const delay = idleDelay(idleWakes);
  return { ...progress, wake: undefined, idleWakes, notBefore: delay === 0 ? undefined : now + delay };
}

/** The webhook took the wake: its worker has it now, and calls back within the lease. */
export function delivered(progress: Progress, now: number, leaseMs: number): Progress {
  return withWake({ ...progress, lastError: undefined }, (wake) => ({
    ...wake,
    attempts: 0,
    nextAt: undefined,
    // It may have called back before it answered.
    leaseUntil: Math.max(wake.leaseUntil ?? 0, now + leaseMs),
  }));
}

/** A failed delivery: when it is tried again, or, after as many as are allowed, what is left of it. */
export function failed(
  progress: Progress,
  failure: { readonly message: string; readonly now: number; readonly random: number; readonly most: number },
): { readonly progress: Progress; readonly dead: DeadLetter | undefined } {
  const { message, now, random, most } = failure;
  const { wake, generation } = progress;
  if (wake === undefined) return { progress, dead: undefined };
  const lastError = { at: now, message };
  const attempts = wake.attempts + 1;
  if (attempts < most) {
    const retried = { ...wake, attempts, nextAt: now + retryDelay(attempts, random), leaseUntil: undefined };
    return { progress: { ...progress, lastError, wake: retried }, dead: undefined };
  }
  const { id: wakeId, startedAt, stream, marks } = wake;
  return {
    progress: { ...progress, lastError, wake: undefined, isParked: true },
    dead: {
      ...{ wakeId, generation, startedAt, deadAt: now, attempts, error: message },
      ...{ stream, streams: marks.length },
    },
  };
}

/** The wake was written to its wake stream. */
export function announced(progress: Progress, now: number, leaseMs: number): Progress {
  return withWake({ ...progress, lastError: undefined }, (wake) => {
    const attempts = wake.attempts + 1;
    const isHeld = wake.holder !== undefined;
    return { ...wake, attempts, nextAt: isHeld ? undefined : now + resendDelay(attempts, leaseMs) };
  });
}

/** The wake could not be written to its wake stream. */
export function unannounced(progress: Progress, now: number, message: string, random: number): Progress {
  const lastError = { at: now, message };
  return withWake({ ...progress, lastError }, (wake) => {
    const attempts = wake.attempts + 1;
    return { ...wake, attempts, nextAt: now + retryDelay(attempts, random) };
  });
}

/** A worker has claimed the wake. */
export function claimed(progress: Progress, worker: string, now: number, leaseMs: number): Progress {
  return withWake(progress, (wake) => ({
    ...wake,
    holder: worker,
    leaseUntil: now + leaseMs,
    // One that was never written to its wake stream still is.
    nextAt: wake.attempts === 0 ? wake.nextAt : undefined,
  }));
}

/** A worker is still at it. */
export function extended(progress: Progress, now: number, leaseMs: number, hasMoved: boolean): Progress {
  return withWake(progress, (wake) => ({
    ...wake,
    leaseUntil: now + leaseMs,
    // Whoever calls back has it: it needs no other delivery.
    nextAt: undefined,
    hasMoved: wake.hasMoved || hasMoved,
  }));
}

/** Characters of paths that a wake remembers as gone. */
const GONE_MAX = 32 * 1024;

/** A stream is gone of which the wake was told. After too many of them it is over: its worker is fenced, and what is left is in the next. */
export function bereft(progress: Progress, path: string, now: number): Progress {
  const length = (progress.wake?.gone ?? []).reduce((sum, { length }) => sum + length, path.length);
  if (length > GONE_MAX) return ended(progress, now, true);
  return withWake(progress, (wake) => ({ ...wake, gone: [...wake.gone, path] }));
}

/** When something is to be done without anybody asking, epoch milliseconds; undefined: never. */
export function dueAt({ wake, isParked, notBefore }: Progress, isPending: boolean): number | undefined {
  if (wake !== undefined) return earlier(wake.nextAt, wake.leaseUntil);
  return isPending && !isParked ? (notBefore ?? 0) : undefined;
}

function earlier(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? (left ?? right) : Math.min(left, right);
}

function withWake(progress: Progress, change: (wake: Wake) => Wake): Progress {
  return progress.wake === undefined ? progress : { ...progress, wake: change(progress.wake) };
}
