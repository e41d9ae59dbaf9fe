/** One seed: people ask and readers come and go, on one session, through a network that cuts, delays and repeats. */
import { stream } from "@perennial/client";
import {
  aguiFormat,
  durableStreamConnection,
  type TanStackChunk,
  toDurableChatSessionResponse,
} from "@perennial/tanstack-ai";
import { Random } from "@perennial/testing";
import { repeatingFetch } from "../../../ai-sdk/tests/torture/network.ts";
import { type FaultWeights, FaultyProxy } from "../../../client/tests/torture/proxy.ts";
import { answer, textOf, user } from "../support/app.ts";

/** Silence costs a page 45 s, its patience with a connection; the client's own torture test has it. */
const FAULTS: FaultWeights = { none: 6, refuse: 1, reset: 2.5, truncate: 2, delay: 2, silence: 0, stall: 0 };
const PEOPLE = 3;
const READERS = 3;
/** No reader may take a writer for dead whose network is bad. */
const LEASE_MS = 600_000;

/** What was seen by somebody, and what should have been. */
export interface Seen {
  readonly who: string;
  readonly seen: unknown;
  readonly wanted: unknown;
}

/** Runs one seed. */
export async function torture(
  origin: string,
  seed: number,
): Promise<{ readonly seen: Seen[]; readonly faults: Readonly<Record<string, number>> }> {
  const random = new Random(seed);
  const proxy = new FaultyProxy(random, () => Number(new URL(origin).port), FAULTS);
  const bad = await proxy.start();
  try {
    return {
      seen: await new Session(`/v1/stream/tanstack/${seed}`, origin, bad, random).run(),
      faults: proxy.counts,
    };
  } finally {
    await proxy.stop();
  }
}

class Session {
  readonly #good: string;
  readonly #bad: string;
  readonly #random: Random;
  readonly #words: readonly (readonly string[])[];

  constructor(path: string, origin: string, bad: string, random: Random) {
    this.#good = origin + path;
    this.#bad = bad + path;
    this.#random = random;
    this.#words = Array.from({ length: PEOPLE }, () =>
      Array.from({ length: 1 + random.below(30) }, (_, n) => `${n} `),
    );
  }

  async run(): Promise<Seen[]> {
    const readers = Array.from({ length: READERS }, () => this.#read());
    await Promise.all(this.#words.map((_, person) => this.#ask(person)));
    const stored = await this.#stored();
    const plain = stored.filter((chunk) => aguiFormat.noteOf(chunk) === undefined);
    const said = plain.filter(({ type }) => type === "TEXT_MESSAGE_CONTENT");
    const written = this.#words.map((words, person) => ({
      ...{ who: `person ${person}`, wanted: words },
      seen: said.filter(({ messageId }) => messageId === `answer-${person}`).map(({ delta }) => delta),
    }));
    const asked = said.filter(({ messageId }) => /^question-/.test(messageId)).map(({ delta }) => delta);
    const read = (await Promise.all(readers)).map((seen, n) => ({ who: `reader ${n}`, seen, wanted: plain }));
    return [
      ...written,
      {
        who: "questions",
        seen: asked.toSorted(),
        wanted: this.#words.map((_, person) => `ask ${person}`).toSorted(),
      },
      ...read,
      await this.#page(),
    ];
  }

  /** Somebody asks, and is answered. */
  async #ask(person: number): Promise<void> {
    const random = this.#random;
    const words = this.#words[person]!;
    const slowly = async function* () {
      for (const word of words) {
        if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, random.below(20)));
        yield word;
      }
    };
    await toDurableChatSessionResponse({
      stream: { writeUrl: this.#bad, fetchClient: repeatingFetch(random) },
      ...{ newMessages: [user(`ask ${person}`, `question-${person}`)], mode: "await", leaseMs: LEASE_MS },
      responseStream: answer(String(person), slowly()),
    });
  }

  /** Reads every chunk, and leaves and comes back now and then, until all runs are over. */
  async #read(): Promise<readonly TanStackChunk[]> {
    const connection = durableStreamConnection({ sendUrl: this.#bad, emitSnapshotOnSubscribe: false });
    const seen: TanStackChunk[] = [];
    for (let over = 0; over < PEOPLE; ) {
      let stay = 1 + this.#random.below(40);
      for await (const chunk of connection.subscribe()) {
        seen.push(chunk);
        if (chunk.type === "RUN_FINISHED") over += 1;
        if (over === PEOPLE || --stay === 0) break;
      }
    }
    return seen;
  }

  /** What somebody sees who comes when all is over. */
  async #page(): Promise<Seen> {
    for await (const chunk of durableStreamConnection({ sendUrl: this.#bad }).subscribe()) {
      const seen = chunk.messages.map(textOf).toSorted();
      const wanted = this.#words.flatMap((words, person) => [words.join(""), `ask ${person}`]).toSorted();
      return { who: "page", seen, wanted };
    }
    return { who: "page", seen: "nothing", wanted: "a snapshot" };
  }

  async #stored(): Promise<readonly TanStackChunk[]> {
    const response = await stream<TanStackChunk>({
      url: this.#good,
      json: true,
      live: false,
      warnOnHttp: false,
    });
    return response.json<TanStackChunk>();
  }
}
