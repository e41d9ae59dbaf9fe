/** What was found out about texts that clients send, up to so many characters; then the oldest is forgotten first. */
export class Remembered<Value> {
  readonly #limit: number;
  readonly #values = new Map<string, Value>();
  #characters = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(text: string): Value | undefined {
    return this.#values.get(text);
  }

  set(text: string, value: Value): void {
    this.delete(text);
    // A copy: cut from its request, it would keep all of that in memory.
    this.#values.set(Buffer.from(text, "latin1").toString("latin1"), value);
    this.#characters += text.length;
    for (const oldest of this.#values.keys()) {
      if (this.#characters <= this.#limit) break;
      this.delete(oldest);
    }
  }

  delete(text: string): void {
    if (this.#values.delete(text)) this.#characters -= text.length;
  }

  clear(): void {
    this.#values.clear();
    this.#characters = 0;
  }
}
