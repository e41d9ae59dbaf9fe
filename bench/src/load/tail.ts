import { setTimeout as delay } from "node:timers/promises";
import { LatencyHistogram } from "../measure/latency.ts";
import type { Address } from "./exchange.ts";
import { buildRequest, filler } from "./requests.ts";
import type { Errors, LoadResult } from "./result.ts";
import { runSchedule } from "./schedule.ts";
import { Session } from "./session.ts";
import { type LiveMode, type Subscriber, subscribe } from "./subscribers.ts";
import { stampedPayload } from "./timestamps.ts";

/** Subscribers at the tails of some streams, and the rate at which events come. */
export interface TailPlan {
  readonly address: Address;
  /** The stream with number n is at `root + n`; it must exist and hold text. */
  readonly root: string;
  readonly streams: number;
  /** Spread evenly over the streams. */
  readonly subscribers: number;
  readonly mode: LiveMode;
  /** Events per second on each stream. */
  readonly eventsPerSecond: number;
}

const EVENT_BYTES = 256;
const PUBLISHERS_MAX = 32;
const CONNECTING_AT_ONCE = 200;
const GRACE_MILLISECONDS = 3_000;
const SETTLE_MILLISECONDS = 300;

/** Publishes stamped events and counts what arrives. */
export class Tail {
  readonly #plan: TailPlan;
  readonly #filling = filler(EVENT_BYTES);
  readonly #publishers: Session[];
  /** The last request of each publisher, so that they do not overtake each other. */
  readonly #published: Promise<void>[];
  readonly #subscribers: Subscriber[] = [];
  #histogram = new LatencyHistogram();
  readonly #errors: Record<string, number> = {};
  #countFrom = Number.POSITIVE_INFINITY;

  private constructor(plan: TailPlan) {
    this.#plan = plan;
    const publishers = Math.min(plan.streams, PUBLISHERS_MAX);
    this.#publishers = Array.from({ length: publishers }, () => new Session(plan.address));
    this.#published = this.#publishers.map(() => Promise.resolve());
  }

  /** Connects all subscribers. */
  static async open(plan: TailPlan): Promise<Tail> {
    const tail = new Tail(plan);
    while (tail.#subscribers.length < plan.subscribers) await tail.#connectSome();
    await delay(SETTLE_MILLISECONDS);
    return tail;
  }

  /**
   * Publishes for some seconds, waits for the last deliveries and tells what came. An operation is one event at
   * one subscriber; latency counts from when the event was due.
   *
   * @param eventsPerSecond on each stream, if not as planned
   */
  async publish(seconds: number, eventsPerSecond = this.#plan.eventsPerSecond): Promise<LoadResult> {
    const { streams } = this.#plan;
    this.#histogram = new LatencyHistogram();
    this.#countFrom = performance.now();
    const startedAt = performance.now();
    let expected = 0;
    const fire = (index: number, dueAt: number) => {
      const stream = index % streams;
      expected += this.#subscribersOf(stream);
      this.#publish(stream, dueAt);
    };
    await runSchedule({ perSecond: eventsPerSecond * streams, seconds, fire });
    await Promise.all(this.#published);
    const operations = await this.#arrived(expected);
    const elapsed = (performance.now() - startedAt) / 1000;
    const errors = { ...this.#errors, ...(operations < expected ? { missing: expected - operations } : {}) };
    return { operations, seconds: elapsed, latency: this.#histogram.latency(), errors };
  }

  /** What has failed so far. */
  get errors(): Errors {
    return this.#errors;
  }

  /** Disconnects everybody. */
  close(): void {
    for (const each of [...this.#subscribers, ...this.#publishers]) each.end();
  }

  async #connectSome(): Promise<void> {
    const from = this.#subscribers.length;
    const to = Math.min(from + CONNECTING_AT_ONCE, this.#plan.subscribers);
    const opened = Array.from({ length: to - from }, (_, index) => this.#subscribe(from + index));
    this.#subscribers.push(...opened);
    await Promise.all(opened.map((subscriber) => subscriber.ready));
  }

  #subscribe(index: number): Subscriber {
    const { mode, address, root, streams } = this.#plan;
    return subscribe(mode, address, `${root}${index % streams}`, {
      delivered: (dueAt) => {
        if (dueAt >= this.#countFrom) this.#histogram.record(performance.now() - dueAt);
      },
      failed: (kind) => this.#failed(kind),
    });
  }

  #subscribersOf(stream: number): number {
    const { subscribers, streams } = this.#plan;
    return Math.floor(subscribers / streams) + (stream < subscribers % streams ? 1 : 0);
  }

  #publish(stream: number, dueAt: number): void {
    const { address, root } = this.#plan;
    const body = stampedPayload(dueAt, this.#filling);
    const headers = { "Content-Type": "text/plain" };
    const request = buildRequest({ method: "POST", path: `${root}${stream}`, headers, body }, address);
    const publisher = stream % this.#publishers.length;
    this.#published[publisher] = this.#published[publisher]!.then(() => this.#send(publisher, request));
  }

  async #send(publisher: number, request: Buffer): Promise<void> {
    try {
      const { status } = await this.#publishers[publisher]!.send(request);
      if (status < 200 || status >= 300) this.#failed(String(status));
    } catch {
      this.#failed("socket");
    }
  }

  async #arrived(expected: number): Promise<number> {
    const deadline = performance.now() + GRACE_MILLISECONDS;
    while (this.#histogram.count < expected && performance.now() < deadline) await delay(5);
    return this.#histogram.count;
  }

  #failed(kind: string): void {
    this.#errors[kind] = (this.#errors[kind] ?? 0) + 1;
  }
}
