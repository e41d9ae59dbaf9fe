/** A `fetch` whose connections can be cut: requests on their way fail, bodies break off, and the next request fails. */
export interface FlakyFetch {
  readonly fetch: typeof fetch;
  /** Cuts everything that is on its way, and fails the next request. */
  cut(): void;
}

export function createFlakyFetch(): FlakyFetch {
  const cuts = new Set<() => void>();
  let failing = false;
  const flaky: typeof fetch = async (input, init) => {
    if (failing) {
      failing = false;
      throw new TypeError("the connection was refused");
    }
    const controller = new AbortController();
    const cut = (): void => controller.abort(new TypeError("the connection was cut"));
    cuts.add(cut);
    const signal = init?.signal ? AbortSignal.any([controller.signal, init.signal]) : controller.signal;
    return await fetch(input, { ...init, signal });
  };
  return {
    fetch: flaky,
    cut: () => {
      failing = true;
      for (const cut of cuts) cut();
      cuts.clear();
    },
  };
}
