type Listeners = { [name: string]: (...values: never[]) => void };

/** Events as Yjs libraries have them: the interface of `ObservableV2`. */
export class Emitter<Events extends { [Name in keyof Events]: (...values: never[]) => void }> {
  readonly #listeners = new Map<keyof Events, Set<Listeners[string]>>();

  on<Name extends keyof Events & string>(name: Name, listener: Events[Name]): Events[Name] {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set.add(listener));
    return listener;
  }

  once<Name extends keyof Events & string>(name: Name, listener: Events[Name]): void {
    const wrapped = ((...values: never[]) => {
      this.off(name, wrapped);
      listener(...values);
    }) as Events[Name];
    this.on(name, wrapped);
  }

  off<Name extends keyof Events & string>(name: Name, listener: Events[Name]): void {
    this.#listeners.get(name)?.delete(listener);
  }

  /** Calls the listeners that are there now. */
  emit<Name extends keyof Events & string>(name: Name, values: Parameters<Events[Name]>): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...values);
  }

  /** Forgets all listeners. */
  destroy(): void {
    this.#listeners.clear();
  }
}
