/** What the people of a scenario can do. */
import { EventStream } from "../support/event-stream.ts";
import { type Answer, offset, producer } from "../support/http.ts";
import type { Command } from "./command.ts";
import { bodyOf, offsetIn, showAnswer, showEvents } from "./show.ts";
import type { Theatre } from "./theatre.ts";

/** A reader and how many of its events were shown. */
interface Listener {
  readonly events: EventStream;
  shown: number;
}

export class Stage {
  readonly actions: Readonly<Record<string, (command: Command) => Promise<readonly string[]>>>;
  readonly #theatre: Theatre;
  readonly #listeners = new Map<string, Listener>();
  /** The content type that each stream was created with. */
  readonly #types = new Map<string, string>();

  constructor(theatre: Theatre) {
    this.#theatre = theatre;
    this.actions = {
      create: (command) => this.#create(command),
      append: (command) => this.#append(command),
      close: ({ name }) =>
        this.#show(this.#theatre.http.post(name, { headers: { "Stream-Closed": "true" } })),
      read: ({ name, words }) =>
        this.#show(this.#theatre.http.get(name, words[0] ? `?offset=${offsetIn(words[0])}` : "")),
      head: ({ name }) => this.#show(this.#theatre.http.head(name)),
      delete: ({ name }) => this.#show(this.#theatre.http.delete(name)),
      listen: (command) => this.#listen(command),
      hear: ({ name }) => this.#hear(name),
      wait: ({ name }) => this.#wait(Number(name)),
      restart: () => this.#restart(),
    };
  }

  /** Sends home whoever still listens. */
  clear(): void {
    for (const { events } of this.#listeners.values()) events.close();
  }

  async #show(answer: Promise<Answer>): Promise<readonly string[]> {
    return showAnswer(await answer);
  }

  #create({ name, words, options, body }: Command): Promise<readonly string[]> {
    const type = words.find((word) => word.includes("/"));
    const [source, point] = options.from?.split("@") ?? [];
    const stored = type ?? this.#types.get(source ?? "");
    if (stored !== undefined) this.#types.set(name, stored);
    const [anchor, sub] = point?.split("+") ?? [];
    const headers = given({
      "Content-Type": type,
      "Stream-TTL": options.ttl,
      "Stream-Expires-At": options.expires,
      "Stream-Max-Bytes": options.max,
      "Stream-Closed": words.includes("closed") ? "true" : undefined,
      "Stream-Forked-From": source === undefined ? undefined : this.#theatre.http.path(source),
      "Stream-Fork-Offset": anchor === undefined ? undefined : offset(Number(anchor)),
      "Stream-Fork-Sub-Offset": sub,
    });
    return this.#show(this.#theatre.http.put(name, { headers, ...bodyOf(body) }));
  }

  #append({ name, words, options, body }: Command): Promise<readonly string[]> {
    const type = words.find((word) => word.includes("/")) ?? this.#types.get(name) ?? "text/plain";
    const [id, epoch, seq] = options.producer?.split("/") ?? [];
    const headers = given({
      "Content-Type": type,
      "Stream-Seq": options.seq,
      "Stream-Closed": words.includes("close") ? "true" : undefined,
      ...(id === undefined ? {} : producer(id, Number(epoch), Number(seq))),
    });
    return this.#show(this.#theatre.http.post(name, { headers, ...bodyOf(body) }));
  }

  async #listen({ name, words: [stream, from = "-1"] }: Command): Promise<readonly string[]> {
    const url = this.#theatre.http.url(stream!, `?live=sse&offset=${offsetIn(from)}`);
    this.#listeners.set(name, { events: await EventStream.open(url), shown: 0 });
    return this.#hear(name);
  }

  async #hear(name: string): Promise<readonly string[]> {
    const listener = this.#listeners.get(name);
    if (listener === undefined) throw new Error(`${name} does not listen`);
    const { events } = listener;
    const unseen = () => events.events.slice(listener.shown);
    await events.until(() => events.state !== "open" || unseen().some(({ event }) => event === "control"));
    const seen = showEvents(unseen());
    listener.shown = events.events.length;
    const ends = events.controls.at(-1)?.streamClosed === true;
    return ends ? [...seen, `the response ${await events.over()}`] : seen;
  }

  async #wait(seconds: number): Promise<readonly string[]> {
    this.#theatre.advance(seconds * 1000);
    return [];
  }

  async #restart(): Promise<readonly string[]> {
    this.clear();
    await this.#theatre.restart();
    return [];
  }
}

function given(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
