import type { SetDynamicHeaderCommand, SetDynamicParamCommand } from "./commands.ts";

/** Headers and parameters whose values are made afresh: a counter advances once per command. */
export class DynamicValues {
  readonly #makers = new Map<string, () => string>();
  #current: Record<string, string> = {};

  set(command: SetDynamicHeaderCommand | SetDynamicParamCommand): void {
    let count = 0;
    const makers = {
      counter: () => String(++count),
      timestamp: () => String(Date.now()),
      token: () => ("initialValue" in command && command.initialValue) || "",
    };
    this.#makers.set(command.name, makers[command.valueType]);
  }

  clear(): void {
    this.#makers.clear();
    this.#current = {};
  }

  /** Makes the values of the next command; `undefined` when there are none. */
  next(): Readonly<Record<string, string>> | undefined {
    this.#current = Object.fromEntries(Array.from(this.#makers, ([name, make]) => [name, make()]));
    return this.#makers.size === 0 ? undefined : this.#current;
  }

  /** As the client takes them: functions, called for every request. */
  functions(): Record<string, () => string> {
    return Object.fromEntries(
      Array.from(this.#makers.keys(), (name) => [name, () => this.#current[name] ?? ""]),
    );
  }
}
