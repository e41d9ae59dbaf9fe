/** Clients that write down what they do. Each does one thing at a time; many of them run at once. */
import type { Random } from "@perennial/testing";
import { type Answer, BINARY, type Http, producer } from "../support/http.ts";
import type { AppendOperation, History } from "./history.ts";

/** Appends numbered tokens; with an id as an idempotent producer, which repeats what was not answered. */
export class Writer {
  readonly #stream: string;
  readonly #name: string;
  readonly #history: History;
  readonly #isProducer: boolean;
  #count = 0;
  /** The append whose answer never came, with its first start. */
  #unanswered: Pick<AppendOperation, "token" | "start"> | undefined;

  constructor(stream: string, name: string, history: History, isProducer: boolean) {
    this.#stream = stream;
    this.#name = name;
    this.#history = history;
    this.#isProducer = isProducer;
  }

  /** Appends until the server is gone. */
  async run(http: Http, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const repeated = this.#isProducer ? this.#unanswered : undefined;
      const token = repeated?.token ?? `[${this.#name}:${this.#count}]`;
      const start = repeated?.start ?? this.#history.tick();
      const trio = this.#isProducer ? producer(this.#name, 0, this.#count) : {};
      const answer = await http
        .post(this.#stream, { headers: { ...BINARY, ...trio }, body: token, signal: stopped })
        .catch(() => undefined);
      if (answer === undefined) return this.#lose(token, start);
      this.#settle(token, start, answer);
    }
  }

  /** Writes down what is still unanswered. To be called when all is over. */
  finish(): void {
    if (this.#unanswered !== undefined)
      this.#record(this.#unanswered.token, this.#unanswered.start, "unknown");
  }

  #lose(token: string, start: number): void {
    if (this.#isProducer) this.#unanswered = { token, start };
    else {
      this.#record(token, start, "unknown");
      this.#count += 1;
    }
  }

  #settle(token: string, start: number, answer: Answer): void {
    this.#unanswered = undefined;
    this.#count += 1;
    const isStored = answer.status === 200 || answer.status === 204;
    const tail = isStored ? Number(answer.next.slice(17)) : undefined;
    this.#record(token, start, isStored ? "stored" : "refused", tail);
    if (!isStored) throw new Error(`${answer.status}: ${answer.text}`);
  }

  #record(token: string, start: number, outcome: AppendOperation["outcome"], tail?: number): void {
    const end = outcome === "unknown" ? Number.POSITIVE_INFINITY : this.#history.tick();
    const operation = { kind: "append", client: this.#name, token, start, end, outcome } as const;
    this.#history.add(tail === undefined ? operation : { ...operation, tail });
  }
}

/** Reads the whole stream again and again, or goes on by long-polls from what it has. */
export class Watcher {
  readonly #stream: string;
  readonly #name: string;
  readonly #history: History;
  readonly #random: Random;
  #seen = "";

  constructor(stream: string, name: string, history: History, random: Random) {
    this.#stream = stream;
    this.#name = name;
    this.#history = history;
    this.#random = random;
  }

  async run(http: Http, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const isWhole = this.#random.chance(0.3);
      const from = isWhole ? "" : `?offset=${at(this.#seen.length)}&live=long-poll`;
      const start = this.#history.tick();
      const answer = await http
        .send("GET", http.path(this.#stream) + from, { signal: stopped })
        .catch(() => undefined);
      if (answer === undefined) return;
      if (answer.status !== 200 && answer.status !== 204) throw new Error(`${answer.status}: ${answer.text}`);
      this.#seen = isWhole ? answer.text : this.#seen + answer.text;
      const times = { client: this.#name, start, end: this.#history.tick() };
      this.#history.add({ kind: "read", ...times, content: this.#seen });
    }
  }
}

function at(position: number): string {
  return `0000000000000000_${String(position).padStart(16, "0")}`;
}
