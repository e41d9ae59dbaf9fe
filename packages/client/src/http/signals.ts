const listenersBySignal = /* @__PURE__ */ new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back once when the signal is aborted, at once if it is already. However many requests share a signal, it gets
 * one listener: runtimes warn of more than ten.
 *
 * @param callback - of this caller alone: it is registered once
 * @returns lets go of the signal
 */
export function onAbort(signal: AbortSignal | null | undefined, callback: () => void): () => void {
  let listeners = signal ? listenersBySignal.get(signal) : undefined;
  if (signal?.aborted) callback();
  else if (signal && !listeners) {
    const own = new Set<() => void>();
    listenersBySignal.set(signal, own);
    signal.addEventListener("abort", () => {
      for (const listener of own) listener();
    });
    listeners = own;
  }
  listeners?.add(callback);
  return () => listeners?.delete(callback);
}

/** A signal that follows others, and the way to let go of them. */
export interface LinkedSignal {
  readonly signal: AbortSignal | undefined;
  /** Lets go of the followed signals. */
  release(): void;
}

/**
 * A signal that is aborted with the first of the given ones. Does what `AbortSignal.any` does, which Node before
 * 20.3 and older Safari lack, and leaves no listener of its own behind on long-lived signals.
 */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const sources = signals.filter((signal) => signal !== undefined);
  if (sources.length < 2) return { signal: sources[0], release: () => {} };
  const controller = new AbortController();
  const releases = sources.map((source) => onAbort(source, () => controller.abort(source.reason)));
  const release = () => {
    for (const letGo of releases) letGo();
  };
  return { signal: controller.signal, release };
}
