/**
 * A producer's life, as states and what moves it from one to the next. A failure is no state of it: the queue stops
 * and `restart()` lets it go on.
 *
 *     state      means                                  append    close                      detach
 *     open       messages are taken                     taken     -> closing                 -> detached
 *     closing    the stream is being closed             refused   closing: the same attempt  waits
 *     closed     it is closed, by this producer         refused   closed: the same result    waits
 *     detached   over, and the stream left as it is     refused   refused                    detached
 *
 * `closing` is left by `closed`, when the server says so. After a failed attempt `close()` makes the next.
 */
export type Life = "open" | "closing" | "closed" | "detached";

export type LifeEvent = "append" | "close" | "detach" | "closed";

const NEXT: Readonly<Record<Life, Partial<Record<LifeEvent, Life>>>> = {
  open: { append: "open", close: "closing", detach: "detached" },
  closing: { close: "closing", detach: "closing", closed: "closed" },
  closed: { close: "closed", detach: "closed" },
  detached: { detach: "detached" },
};

/** The state after an event; `undefined` when the event is refused. */
export function nextLife(life: Life, event: LifeEvent): Life | undefined {
  return NEXT[life][event];
}
