/** One seed: answers written through a bad network, read through it, stopped, failed and taken over. */
import { foldChunks, requestStop, startGeneration, takeOver } from "@perennial/ai";
import { createDurableChatTransport, uiMessageFormat as format } from "@perennial/ai-sdk";
import { stream } from "@perennial/client";
import { Random } from "@perennial/testing";
import type { UIMessageChunk } from "ai";
import { HandSource } from "../../../ai/tests/support/source.ts";
import { type FaultWeights, FaultyProxy } from "../../../client/tests/torture/proxy.ts";
import { Cuttable, repeatingFetch } from "./network.ts";

/** Silence costs a page 45 s, its patience with a connection; the client's own torture test has it. */
const FAULTS: FaultWeights = { none: 6, refuse: 1, reset: 2.5, truncate: 2, delay: 2, silence: 0, stall: 0 };
const GENERATIONS = 4;
const READERS = 3;
/** What an answer may take, in ms, before its request is given up. */
const PATIENCE_MS = 6_000;
/** No reader may take a writer for dead whose network is bad: that is what other tests are for. */
const LEASE_MS = 600_000;
const backoffOptions = {
  ...{ initialDelay: 2, maxDelay: 40, multiplier: 1.5, deadline: 300_000, attemptTimeout: PATIENCE_MS },
};

/** What happens to an answer while it is written. */
const FATES = ["complete", "stop", "fail", "take over"] as const;
type Fate = (typeof FATES)[number];

/** What a reader saw, and what it should have seen. */
export interface Reading {
  readonly name: string;
  readonly seen: readonly UIMessageChunk[];
  readonly stored: readonly UIMessageChunk[];
}

/** Runs one seed. What is wrong with what was stored is among the faults of `problems`. */
export async function torture(
  origin: string,
  seed: number,
): Promise<{
  readonly readings: Reading[];
  readonly problems: string[];
  readonly faults: Readonly<Record<string, number>>;
}> {
  const random = new Random(seed);
  const proxy = new FaultyProxy(random, () => Number(new URL(origin).port), FAULTS);
  const bad = await proxy.start();
  try {
    const runs = Array.from({ length: GENERATIONS }, (_, n) =>
      new Run(`${seed}/${n}`, bad, origin, new Random(seed * 100 + n)).run(),
    );
    const all = await Promise.all(runs);
    return {
      readings: all.flatMap(({ readings }) => readings),
      problems: all.flatMap(({ problems }) => problems),
      faults: proxy.counts,
    };
  } finally {
    await proxy.stop();
  }
}

class Run {
  readonly #name: string;
  readonly #random: Random;
  readonly #path: string;
  readonly #bad: string;
  readonly #good: string;
  readonly #fate: Fate;
  readonly #chunks: UIMessageChunk[];

  constructor(name: string, bad: string, good: string, random: Random) {
    this.#name = name;
    this.#random = random;
    this.#path = `/v1/stream/torture/${name}`;
    this.#bad = bad;
    this.#good = good;
    this.#fate = random.pick(FATES);
    this.#chunks = chunksOf(random);
  }

  async run(): Promise<{ readings: Reading[]; problems: string[] }> {
    let writing: Promise<void> | undefined;
    await new Promise<void>((resolve, reject) => {
      writing = this.#write(resolve);
      writing.catch(reject);
    });
    const readers = Array.from({ length: READERS }, (_, n) => this.#read(n));
    const [seen] = await Promise.all([Promise.all(readers), writing]);
    const stored = await this.#stored();
    const name = `${this.#name} (${this.#fate})`;
    return {
      readings: seen.map((chunks, n) => ({ name: `${name} reader ${n}`, seen: chunks, stored })),
      problems: this.#problems(stored).map((problem) => `${name}: ${problem}`),
    };
  }

  /** A writer's side of the bad network. */
  #target(fetchIt: typeof fetch = repeatingFetch(this.#random)) {
    return { url: this.#bad + this.#path, fetch: fetchIt, backoffOptions };
  }

  async #write(onStart: () => void): Promise<void> {
    const network = new Cuttable(repeatingFetch(this.#random));
    const source = new HandSource<UIMessageChunk>();
    const target = this.#target(network.fetch);
    // A writer that is cut off hears no stops: that is meant.
    const onWarning = () => undefined;
    const generation = await startGeneration({ target, format, source, leaseMs: LEASE_MS, onWarning });
    if (generation.kind === "rejected") throw new Error(`${this.#name}: ${generation.rejection}`);
    onStart();
    const turn = this.#fate === "complete" ? this.#chunks.length : this.#random.below(this.#chunks.length);
    await this.#feed(source, this.#chunks.slice(0, turn));
    switch (this.#fate) {
      case "complete":
        source.end();
        break;
      case "stop":
        await requestStop(this.#target(), "enough");
        break;
      case "fail":
        source.fail(new Error("the model failed"));
        break;
      case "take over": {
        network.cut();
        await this.#takeOver();
        source.end();
        return;
      }
    }
    await generation.finished;
  }

  async #takeOver(): Promise<void> {
    const rest = new HandSource<UIMessageChunk>();
    const taken = await takeOver<UIMessageChunk>({
      ...{ target: this.#target(), format, leaseMs: LEASE_MS },
      source: ({ written }) => {
        void this.#feed(rest, this.#chunks.slice(written.length)).then(() => rest.end());
        return rest;
      },
    });
    if (taken.kind === "rejected") throw new Error(`${this.#name}: ${taken.rejection}`);
    const { kind } = await taken.finished;
    if (kind !== "completed") throw new Error(`${this.#name}: taken over, then ${kind}`);
  }

  /** Gives chunks a few at a time, as models do. */
  async #feed(source: HandSource<UIMessageChunk>, chunks: readonly UIMessageChunk[]): Promise<void> {
    for (let at = 0; at < chunks.length; ) {
      const count = this.#random.integer(1, 6);
      source.push(...chunks.slice(at, at + count));
      at += count;
      await new Promise((resolve) => setTimeout(resolve, this.#random.below(4)));
    }
  }

  /** A page that reads, is reloaded now and then, and goes on out of its storage. */
  async #read(reader: number): Promise<UIMessageChunk[]> {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => void kept.set(key, text),
      removeItem: (key: string) => void kept.delete(key),
    };
    const random = new Random(this.#random.below(2 ** 31) + reader);
    const url = this.#bad + this.#path;
    const app: typeof fetch = (input, init) =>
      String(input).startsWith(this.#bad)
        ? fetch(input, init)
        : Promise.resolve(Response.json({ streamUrl: url }));
    for (let reloads = 0; ; reloads++) {
      const transport = createDurableChatTransport({ api: "http://app.test", fetch: app, storage });
      const chunks = await transport.reconnectToStream({ chatId: "c" });
      if (chunks === null) throw new Error("there is an answer");
      const seen: UIMessageChunk[] = [];
      const patience = reloads < 4 ? random.integer(1, 40) : Number.POSITIVE_INFINITY;
      const cursor = chunks.getReader();
      let next = await cursor.read();
      for (; !next.done && seen.length < patience; next = await cursor.read()) seen.push(next.value);
      if (next.done) return seen;
      await cursor.cancel();
    }
  }

  async #stored(): Promise<UIMessageChunk[]> {
    const response = await stream<UIMessageChunk>({ url: this.#good + this.#path, json: true, live: false });
    const all = await response.json();
    return all.filter((chunk) => format.noteOf(chunk) === undefined);
  }

  /** What is wrong with what is stored. */
  #problems(stored: readonly UIMessageChunk[]): string[] {
    const ends: Readonly<Record<Fate, string | undefined>> = {
      ...{ complete: undefined, "take over": undefined, stop: "abort", fail: "error" },
    };
    const end = ends[this.#fate];
    const own = end === undefined ? stored : stored.slice(0, -1);
    const problems: string[] = [];
    if (end === undefined && own.length !== this.#chunks.length)
      problems.push(`${own.length} chunks of ${this.#chunks.length}`);
    if (end !== undefined && stored.at(-1)?.type !== end) problems.push(`ends with ${stored.at(-1)?.type}`);
    const wrong = own.findIndex((chunk, n) => JSON.stringify(chunk) !== JSON.stringify(this.#chunks[n]));
    if (wrong !== -1) problems.push(`chunk ${wrong} is ${JSON.stringify(own[wrong])}`);
    return problems;
  }
}

/** An answer with text, reasoning and a tool call, whose pieces say where they belong. */
function chunksOf(random: Random): UIMessageChunk[] {
  const pieces = (make: (text: string) => UIMessageChunk) =>
    Array.from({ length: random.integer(1, 40) }, (_, n) => make(`${n} `));
  return [
    { type: "start", messageId: "m" },
    { type: "reasoning-start", id: "r" },
    ...pieces((delta) => ({ type: "reasoning-delta", id: "r", delta })),
    { type: "reasoning-end", id: "r" },
    { type: "tool-input-start", toolCallId: "c", toolName: "look" },
    ...pieces((inputTextDelta) => ({ type: "tool-input-delta", toolCallId: "c", inputTextDelta })),
    { type: "tool-input-available", toolCallId: "c", toolName: "look", input: {} },
    { type: "text-start", id: "t" },
    ...pieces((delta) => ({ type: "text-delta", id: "t", delta })),
    { type: "text-end", id: "t" },
    { type: "finish" },
  ];
}

/** Whether a reader saw what is stored: as it was written, or with pieces joined where it had seen them before. */
export function isExact({ seen, stored }: Reading): boolean {
  return JSON.stringify(foldChunks(format, seen)) === JSON.stringify(foldChunks(format, stored));
}
