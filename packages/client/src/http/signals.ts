/** A signal that follows others, and the way to let go of them. */
export interface LinkedSignal {
  readonly signal: AbortSignal | undefined;
  /** Removes the listeners from the followed signals. */
  release(): void;
}

const nothing = () => {};

/**
 * A signal that is aborted with the first of the given ones. Does what `AbortSignal.any` does, which Node before
 * 20.3 and older Safari lack, and leaves no listener behind on long-lived signals.
 */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const sources = signals.filter((signal) => signal !== undefined);
  if (sources.length < 2) return { signal: sources[0], release: nothing };
  const controller = new AbortController();
  const abort = () => {
    controller.abort(sources.find((source) => source.aborted)?.reason);
    release();
  };
  const release = () => {
    for (const source of sources) source.removeEventListener("abort", abort);
  };
  for (const source of sources) source.addEventListener("abort", abort);
  if (sources.some((source) => source.aborted)) abort();
  return { signal: controller.signal, release };
}
