/** Something that happens once. */
export class Signal {
  /** Tells of it. Later calls change nothing. */
  give!: () => void;
  /** Resolves when it was told of. */
  readonly given = new Promise<void>((resolve) => {
    this.give = resolve;
  });
}

/** Waits, but no longer than until somebody asks for a retry, or the signal is aborted. */
export function pause(ms: number, retry: Signal, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
    void retry.given.then(done);
  });
}
