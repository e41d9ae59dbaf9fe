/** A connection that a button can cut, to see what the editor does without one. */
export interface Connection {
  readonly fetch: typeof fetch;
  /** Cuts what is on its way, and lets nothing through any more. */
  cut(): void;
  /** Lets requests through again. */
  restore(): void;
}

export function createConnection(): Connection {
  let line = new AbortController();
  const refuse = () => Promise.reject(new TypeError("the connection is cut"));
  return {
    fetch: (input, init) => {
      if (line.signal.aborted) return refuse();
      const signal = init?.signal ? AbortSignal.any([line.signal, init.signal]) : line.signal;
      return fetch(input, { ...init, signal });
    },
    cut: () => line.abort(new TypeError("the connection was cut")),
    restore: () => {
      line = new AbortController();
    },
  };
}
