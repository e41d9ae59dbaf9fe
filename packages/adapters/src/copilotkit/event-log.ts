import type { AguiEvent, Observer } from "./types.ts";

/** How events come to their end. */
export type End = { readonly kind: "complete" } | { readonly kind: "failed"; readonly error: unknown };

/** Events for whoever observes them, from the first one on, whenever they come. */
export class EventLog {
  readonly #events: AguiEvent[] = [];
  readonly #observers = new Set<Observer>();
  #end: End | undefined;

  next(event: AguiEvent): void {
    this.#events.push(event);
    for (const observer of this.#observers) observer.next(event);
  }

  end(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    for (const observer of this.#observers) finish(observer, end);
    this.#observers.clear();
  }

  /** Tells an observer all there is and all that comes. @returns ends that */
  observe(observer: Observer): () => void {
    for (const event of this.#events) observer.next(event);
    if (this.#end !== undefined) finish(observer, this.#end);
    else this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }
}

function finish(observer: Observer, end: End): void {
  if (end.kind === "failed") observer.error(end.error);
  else observer.complete();
}
