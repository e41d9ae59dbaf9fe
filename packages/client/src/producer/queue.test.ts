import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SequenceGapError, StaleEpochError } from "../errors/producer-errors.ts";
import { countEpochs } from "./epoch.ts";
import type { Flight, Outcome } from "./flight.ts";
import { CLAIMS_MAX, ProducerQueue } from "./queue.ts";

const options = { epoch: 0, autoClaim: false, maxInFlight: 5, nextEpoch: countEpochs, isSole: false };

function batch(text: string) {
  return { body: new TextEncoder().encode(text) };
}

function textOf(flight: Flight): string {
  return new TextDecoder().decode(flight.batch.body);
}

function allNext(queue: ProducerQueue): Flight[] {
  const flights: Flight[] = [];
  for (let flight = queue.next(); flight !== undefined; flight = queue.next()) flights.push(flight);
  return flights;
}

const stored = { type: "stored", offset: "", duplicate: false } as const;

describe("the producer's queue", () => {
  test("an epoch's first batch travels alone, then as many as the window allows", () => {
    const queue = new ProducerQueue(options);
    for (let n = 0; n < 10; n++) queue.add(batch(String(n)));
    const [first, ...others] = allNext(queue);
    expect(others).toEqual([]);
    queue.settle(first as Flight, stored);
    expect(allNext(queue).map((flight) => flight.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(queue.size).toBe(9);
  });

  test("a retry keeps its number", () => {
    const queue = new ProducerQueue(options);
    queue.add(batch("0"));
    const [flight] = allNext(queue) as [Flight];
    expect(queue.settle(flight, { type: "retry", error: undefined, retryAfterMs: 0 })).toEqual({
      type: "wait",
    });
    expect(allNext(queue)).toEqual([]);
    queue.wake(flight);
    expect(allNext(queue)).toMatchObject([{ epoch: 0, seq: 0, attempts: 1 }]);
  });

  test("a gap that no earlier batch can fill is a failure", () => {
    const queue = new ProducerQueue(options);
    queue.add(batch("0"));
    const [flight] = allNext(queue) as [Flight];
    queue.settle(flight, stored);
    queue.add(batch("1"));
    const [second] = allNext(queue) as [Flight];
    const settled = queue.settle(second, { type: "gap", expected: 0, received: 1 });
    expect(settled).toMatchObject({ type: "failed", error: expect.any(SequenceGapError), dropped: 1 });
    expect(queue.add(batch("2"))).toBe(false);
  });

  test("take-overs are bounded, and storing enough forgets them", () => {
    const queue = new ProducerQueue({ ...options, autoClaim: true });
    queue.add(batch("0"));
    for (let claim = 0; claim < CLAIMS_MAX; claim++) {
      const [flight] = allNext(queue) as [Flight];
      expect(queue.settle(flight, { type: "fenced", currentEpoch: queue.epoch + 1 }).type).toBe("held");
    }
    const [flight] = allNext(queue) as [Flight];
    const settled = queue.settle(flight, { type: "fenced", currentEpoch: 99 });
    expect(settled).toMatchObject({ type: "failed", error: expect.any(StaleEpochError) });
  });

  test("requests that overtake one another shrink the window, storing widens it again", () => {
    const queue = new ProducerQueue(options);
    for (let n = 0; n < 100; n++) queue.add(batch(String(n)));
    queue.settle(queue.next() as Flight, stored);
    const flights = allNext(queue);
    queue.settle(flights[1] as Flight, { type: "gap", expected: 1, received: 2 });
    queue.settle(flights[0] as Flight, stored);
    for (const flight of flights.slice(2)) queue.settle(flight, stored);
    expect(allNext(queue).length).toBeLessThan(5);
    for (let n = 0; n < 80; n++)
      for (const flight of allNext(queue).slice(0, 1)) queue.settle(flight, stored);
  });

  const picks = fc.array(fc.record({ pick: fc.nat(), fate: fc.integer({ min: 0, max: 4 }) }), {
    maxLength: 400,
  });
  const history = fc.record({ count: fc.nat(12), maxInFlight: fc.integer({ min: 1, max: 5 }), picks });

  test("whatever the network does, the server stores each batch once and in order", () => {
    const fates = ["before", "after", "no", "no", "no"] as const;
    fc.assert(
      fc.property(history, ({ count, maxInFlight, picks }) => {
        const server = new ModelServer();
        run(count, { ...options, maxInFlight }, picks, (flight, fate) =>
          server.receive(flight, fates[fate] ?? "no"),
        );
        expect(server.texts).toEqual(Array.from({ length: count }, (_, n) => String(n)));
      }),
    );
  });

  test("whatever rivals do, the server stores each batch once and in order", () => {
    fc.assert(
      fc.property(history, ({ count, maxInFlight, picks }) => {
        const server = new ModelServer();
        run(count, { ...options, autoClaim: true, maxInFlight }, picks, (flight, fate) => {
          if (fate === 0) server.fence();
          return server.receive(flight, "no");
        });
        expect(server.texts).toEqual(Array.from({ length: count }, (_, n) => String(n)));
      }),
    );
  });
});

/** Drives a queue through a history, answering requests in the order that it picks, and then to its end. */
function run(
  count: number,
  queueOptions: typeof options,
  picks: readonly { pick: number; fate: number }[],
  answer: (flight: Flight, fate: number) => Outcome,
): void {
  const queue = new ProducerQueue(queueOptions);
  for (let n = 0; n < count; n++) queue.add(batch(String(n)));
  const sending: Flight[] = [];
  const step = (pick: number, fate: number) => {
    sending.push(...allNext(queue));
    const [flight] = sending.splice(pick % Math.max(1, sending.length), 1);
    if (flight === undefined) return;
    if (queue.settle(flight, answer(flight, fate)).type === "wait") queue.wake(flight);
  };
  for (const { pick, fate } of picks) step(pick, fate);
  for (let rest = 0; queue.size > 0 && rest < 1000; rest++) step(0, 4);
  expect(queue.failure).toBeUndefined();
}

/** The server's side of protocol §9, for one producer. */
class ModelServer {
  readonly texts: string[] = [];
  #epoch = 0;
  #lastSeq = -1;
  #fences = 0;

  /** Another producer takes over and stores one batch; a few times at most. */
  fence(): void {
    if (this.#fences++ >= CLAIMS_MAX) return;
    this.#epoch++;
    this.#lastSeq = 0;
  }

  /** Takes a request; `broken` says when the connection breaks: before it arrives, or after it was stored. */
  receive(flight: Flight, broken: "before" | "after" | "no"): Outcome {
    if (broken === "before") return { type: "retry", error: undefined, retryAfterMs: 0 };
    const outcome = this.#decide(flight);
    return broken === "no" ? outcome : { type: "retry", error: undefined, retryAfterMs: 0 };
  }

  #decide(flight: Flight): Outcome {
    if (flight.epoch < this.#epoch) return { type: "fenced", currentEpoch: this.#epoch };
    if (flight.epoch > this.#epoch) {
      if (flight.seq !== 0) return { type: "refused", error: new Error("an epoch starts at 0") };
      this.#epoch = flight.epoch;
      this.#lastSeq = -1;
    }
    if (flight.seq <= this.#lastSeq) return { ...stored, duplicate: true };
    if (flight.seq > this.#lastSeq + 1)
      return { type: "gap", expected: this.#lastSeq + 1, received: flight.seq };
    this.#lastSeq = flight.seq;
    this.texts.push(textOf(flight));
    return stored;
  }
}
