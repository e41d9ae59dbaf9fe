import { runs } from "@perennial/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StaleEpochError } from "../errors/producer-errors.ts";
import { countEpochs, drawEpoch, type NextEpoch } from "./epoch.ts";
import type { Flight, Outcome } from "./flight.ts";
import { ProducerQueue } from "./queue.ts";

/** Producers of one id that may write in one history. */
const PRODUCERS = 4;
const BATCHES = 4;

/** What the network does to a request: "late" is taken by the server after the client has given it up. */
const FATES = ["arrives", "arrives", "arrives", "lost", "answer lost", "late"] as const;
type Fate = (typeof FATES)[number];

/** One thing that happens, to the producer `who`. */
const event = fc.record({
  who: fc.nat(PRODUCERS - 1),
  what: fc.constantFrom("send", "send", "send", "send", "late arrives", "killed"),
  pick: fc.nat(),
  fate: fc.constantFrom(...FATES),
});
const history = fc.array(event, { maxLength: 300 });
type History = readonly { who: number; what: string; pick: number; fate: Fate }[];

/** A batch as the server got it: whose, and the how many-th of its producer. */
const nameOf = (who: number, n: number) => `${who}.${n}`;
const textOf = (flight: Flight) => new TextDecoder().decode(flight.batch.body);

/** The server's side of protocol §9, for one producer id. */
class ModelServer {
  readonly texts: string[] = [];
  readonly #late: Flight[] = [];
  #epoch = -1;
  #lastSeq = -1;

  receive(flight: Flight, fate: Fate): Outcome {
    if (fate === "late") this.#late.push({ ...flight });
    const outcome: Outcome | undefined =
      fate === "lost" || fate === "late" ? undefined : this.#decide(flight);
    return outcome && fate !== "answer lost" ? outcome : { type: "retry", error: "lost", retryAfterMs: 0 };
  }

  lateArrives(pick: number): void {
    const [flight] = this.#late.splice(pick % Math.max(1, this.#late.length), 1);
    if (flight) this.#decide(flight);
  }

  #decide(flight: Flight): Outcome {
    const { epoch, seq } = flight;
    if (epoch < this.#epoch) return { type: "fenced", currentEpoch: this.#epoch };
    const last = epoch > this.#epoch ? -1 : this.#lastSeq;
    if (epoch > this.#epoch && this.#epoch >= 0 && seq > 0) return { type: "refused", error: "not at 0" };
    if (seq > last + 1) return { type: "gap", expected: last + 1, received: seq };
    if (seq <= last) return { type: "stored", offset: "", duplicate: true, highest: last };
    this.#epoch = epoch;
    this.#lastSeq = seq;
    this.texts.push(textOf(flight));
    return { type: "stored", offset: "", duplicate: false };
  }
}

/** A producer of the history, and what it was told of its batches. */
class ModelProducer {
  readonly stored: string[] = [];
  /** Batches of which it was said that they are not stored. */
  readonly refused: string[] = [];
  /** Batches that counted as stored because the server had their number. */
  readonly byDuplicate: Flight[] = [];
  isAlive = true;
  readonly #queue: ProducerQueue;
  readonly #sending: Flight[] = [];

  constructor(who: number, options: { autoClaim: boolean; isSole: boolean; nextEpoch: NextEpoch }) {
    this.#queue = new ProducerQueue({ ...options, epoch: options.nextEpoch(-1), maxInFlight: 3 });
    for (let n = 0; n < BATCHES; n++) this.#queue.add({ body: new TextEncoder().encode(nameOf(who, n)) });
  }

  get isDone(): boolean {
    return !this.isAlive || this.#queue.size === 0;
  }

  step(pick: number, fate: Fate, server: ModelServer): void {
    for (let flight = this.#queue.next(); flight; flight = this.#queue.next()) this.#sending.push(flight);
    const [flight] = this.#sending.splice(pick % Math.max(1, this.#sending.length), 1);
    if (!flight) return;
    const outcome = server.receive(flight, fate);
    const settled = this.#queue.settle(flight, outcome);
    if (settled.type === "stored") this.stored.push(textOf(flight));
    if (settled.type === "stored" && outcome.type === "stored" && outcome.duplicate)
      this.byDuplicate.push({ ...flight });
    if (settled.type === "wait") this.#queue.wake(flight);
    if (settled.type !== "failed") return;
    const { error } = settled;
    if (error instanceof StaleEpochError && !error.maybeStored) this.refused.push(textOf(flight));
  }
}

/** Lets the producers of a history live it, and then the network heal. */
function live(events: History, optionsOf: (who: number) => ConstructorParameters<typeof ModelProducer>[1]) {
  const server = new ModelServer();
  const producers = new Map<number, ModelProducer>();
  for (const { who, what, pick, fate } of events) {
    const producer = producers.get(who) ?? new ModelProducer(who, optionsOf(who));
    producers.set(who, producer);
    if (what === "late arrives") server.lateArrives(pick);
    else if (what === "killed") producer.isAlive = false;
    else if (producer.isAlive) producer.step(pick, fate, server);
  }
  for (let rest = 0; rest < 500; rest++) {
    for (const producer of producers.values()) if (!producer.isDone) producer.step(0, "arrives", server);
    server.lateArrives(0);
  }
  return { server, producers: [...producers.values()] };
}

/** Epochs that nobody else has, and whose order is nobody's either: clocks go wrong. */
const ownEpochs =
  (who: number): NextEpoch =>
  (above) => {
    const first = above + 1;
    return first + ((((who - first) % PRODUCERS) + PRODUCERS) % PRODUCERS);
  };

describe("producers of one id, one after the other and at once, on a network that loses and delays", () => {
  test("with autoClaim nothing that counts as stored is missing, and nothing is stored twice", () => {
    fc.assert(
      fc.property(history, (events) => {
        const own = (who: number) => ({ autoClaim: true, isSole: true, nextEpoch: ownEpochs(who) });
        const { server, producers } = live(events, own);
        expect(new Set(server.texts).size).toBe(server.texts.length);
        for (const producer of producers) {
          expect(server.texts).toEqual(expect.arrayContaining(producer.stored));
          for (const text of producer.refused) expect(server.texts).not.toContain(text);
          expect(producer.isDone).toBe(true);
        }
      }),
      { numRuns: runs(2_000) },
    );
  });

  test("with autoClaim each producer's batches are stored in their order", () => {
    fc.assert(
      fc.property(history, (events) => {
        const own = (who: number) => ({ autoClaim: true, isSole: true, nextEpoch: ownEpochs(who) });
        const { server } = live(events, own);
        for (let who = 0; who < PRODUCERS; who++) {
          const own = server.texts.filter((text) => text.startsWith(`${who}.`));
          expect(own).toEqual([...own].sort());
        }
      }),
    );
  });

  test("with autoClaim a producer that starts while no other runs stores all, whatever is lost", () => {
    fc.assert(
      fc.property(fc.array(history, { minLength: 1, maxLength: PRODUCERS }), (lives) => {
        const events = lives.flatMap((life, who) => [
          ...life.filter(({ what }) => what === "send").map((sent) => ({ ...sent, who })),
          ...Array.from({ length: 40 }, () => ({ who, what: "send", pick: 0, fate: "arrives" as const })),
        ]);
        const optionsOf = (who: number) => {
          const next = ownEpochs(who);
          // Clocks that go right: who starts later has the greater epoch.
          return {
            autoClaim: true,
            isSole: true,
            nextEpoch: (above: number) => next(Math.max(above, 100 * who)),
          };
        };
        const { server } = live(events, optionsOf);
        const all = lives.flatMap((_, who) => Array.from({ length: BATCHES }, (_, n) => nameOf(who, n)));
        expect(server.texts).toEqual(all);
      }),
    );
  });

  test("without autoClaim a batch counts wrongly as stored only where the server cannot tell", () => {
    fc.assert(
      fc.property(history, (events) => {
        const counted = () => ({ autoClaim: false, isSole: false, nextEpoch: countEpochs });
        const { server, producers } = live(events, counted);
        for (const producer of producers) {
          const lost = producer.stored.filter((text) => !server.texts.includes(text));
          // The very case of the documentation: an answer was lost, and the server has no more than was sent.
          const unclear = producer.byDuplicate.filter((flight) => flight.maybeStored).map(textOf);
          expect(unclear).toEqual(expect.arrayContaining(lost));
        }
      }),
      { numRuns: runs(2_000) },
    );
  });

  test("without autoClaim a second producer on a network that loses nothing is refused, and told so", () => {
    const server = new ModelServer();
    const counted = { autoClaim: false, isSole: false, nextEpoch: countEpochs };
    const first = new ModelProducer(0, counted);
    for (let step = 0; step < 10; step++) first.step(0, "arrives", server);
    const second = new ModelProducer(1, counted);
    for (let step = 0; step < 10; step++) second.step(0, "arrives", server);
    expect(server.texts).toEqual(["0.0", "0.1", "0.2", "0.3"]);
    expect(second.stored).toEqual([]);
    expect(second.refused).toEqual(["1.0"]);
  });
});

test("a drawn epoch is above the given one, grows with the clock, and fits what HTTP servers count in", () => {
  const epochs = Array.from({ length: 1_000 }, () => drawEpoch(-1));
  expect(new Set(epochs).size).toBeGreaterThan(990);
  expect(Math.max(...epochs)).toBeLessThan(Number.MAX_SAFE_INTEGER);
  const above = drawEpoch(-1) + 2 ** 30;
  expect(drawEpoch(above)).toBeGreaterThan(above);
});
