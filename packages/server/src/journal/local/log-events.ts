/** What happens in a part of the log and concerns the whole of it. */
export interface LogEventListener {
  /** What the log takes may have changed. */
  onHealth(): void;
  /** There is room again, or removals should be archived to make some. */
  onRoom(isTight: boolean): void;
  /** More streams are archived. */
  onArchived(): void;
}

/** Passes on what the parts tell, which are made before the log that listens. Nothing happens before it does. */
export class LogEvents implements LogEventListener {
  #listener: LogEventListener | undefined;

  listen(listener: LogEventListener): void {
    this.#listener = listener;
  }

  onHealth(): void {
    this.#listener?.onHealth();
  }

  onRoom(isTight: boolean): void {
    this.#listener?.onRoom(isTight);
  }

  onArchived(): void {
    this.#listener?.onArchived();
  }
}
