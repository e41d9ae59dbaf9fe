/** Counts what is under way, so that a stop can wait for it. */
export class UnderWay {
  #count = 0;
  #idle: () => void = () => {};

  /** @returns says that it is over; may be called more than once */
  begin(): () => void {
    this.#count += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#count -= 1;
      if (this.#count === 0) this.#idle();
    };
  }

  /** Resolves when nothing is under way any more, or after `timeoutMs`, whichever comes first. */
  idle(timeoutMs: number): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
