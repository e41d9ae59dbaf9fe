/** A server with subscriptions on a simulated machine: what can be done to it from outside. */
import type { Random } from "@perennial/testing";
import { PLAIN_SETTINGS, SimulatedMachine } from "@perennial/testing/journal";
import { createLocalLog } from "../../../src/journal/local/create-local-log.ts";
import type { LocalLog } from "../../../src/journal/local/local-log.ts";
import { LocalStreams } from "../../../src/shard/local-streams.ts";
import { Shard } from "../../../src/shard/shard.ts";
import { type OpenSubscriptions, openSubscriptions } from "../../../src/subscription/open-subscriptions.ts";
import type { Courier } from "../../../src/subscription/webhooks/courier.ts";
import { drive, settle } from "../../journal/simulation/backups.ts";
import { errorKeeper } from "../../support/silent-logger.ts";

const LIMITS = { subscriptions: 100, patterns: 100, links: 100, allLinks: 1000 };

export class SimulatedServer {
  readonly machine: SimulatedMachine;
  readonly #random: Random;
  readonly #courier: Courier;
  readonly #sizes;
  readonly #links: number;
  readonly kept = errorKeeper();
  now = 1_000_000;
  #clock = 0;
  log!: LocalLog;
  shard!: Shard;
  streams!: LocalStreams;
  open!: OpenSubscriptions;
  /** Resolves once `open` is that of this boot: wakes are delivered as soon as it is being opened. */
  isOpen: Promise<void> = Promise.resolve();

  constructor(random: Random, courier: Courier) {
    this.machine = new SimulatedMachine(random);
    this.#random = random;
    this.#courier = courier;
    this.#sizes = {
      slabBytes: random.pick([4096, 32_768]),
      segmentBytes: random.pick([4096, 16_384]),
      budgetBytes: random.pick([16_384, 131_072]),
      sliceBytes: random.pick([2000, 100_000]),
      budgetStreams: random.pick([5, 100]),
    };
    this.#links = random.pick([2, 4, 100]);
  }

  start(): Promise<void> {
    this.isOpen = this.#start();
    return this.isOpen;
  }

  async #start(): Promise<void> {
    const random = this.#random;
    this.log = createLocalLog({
      ...{ disk: this.machine.disk(), store: this.machine.store(), flushing: true, ...this.#sizes },
      ...{ shortBytes: this.#sizes.slabBytes / 2, recoveryBytes: this.#sizes.budgetBytes / 2 },
      ...{ checkpointIntervalMs: 1000, acceptLoss: false, scrub: true, reserveBytes: 1024, held: [] },
      ...{ report: () => {}, newStoreId: () => "simulated", firstLogPosition: random.below(2 ** 48) },
      ...{ rowProducers: 2, producerSalt: random.below(2 ** 32), now: () => this.#clock++ / 4 },
      ...{ after: this.machine.after(), afterClose: () => Promise.resolve() },
    });
    this.shard = new Shard({
      ...{ log: this.log, now: () => this.now, random: () => random.next(), producersPerStream: 10 },
      ...{ loadedStreams: random.pick([3, 100]), monotonicNow: () => this.now },
    });
    this.streams = new LocalStreams(this.shard);
    await drive(this.machine, this.shard.open());
    this.open = await drive(
      this.machine,
      openSubscriptions(this.shard, this.streams, {
        ...{ logger: this.kept.logger, webhooks: true, webhookHosts: "localhost", webhookAttempts: 3 },
        ...{ webhooksPerHost: 2, limits: { ...LIMITS, links: this.#links }, courier: this.#courier },
        table: { segmentBytes: random.pick([500, 3000]), slackBytes: 1000 },
      }),
    );
  }

  /** All that is not on the disk is gone. */
  die(powerCut: boolean): void {
    void this.open.stop();
    this.machine.crash(powerCut);
  }

  /** Lets the machine work, and the clock go on. */
  async work(steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      this.machine.step();
      await settle();
    }
  }

  advance(ms: number): void {
    this.now += ms;
    this.open.tick();
  }

  create(path: string, body: string) {
    return this.streams.create({
      ...PLAIN_SETTINGS,
      ...{ path, contentType: "application/json", body: bytesOf(body) },
    });
  }

  append(path: string, body: string) {
    return this.streams.append(path, {
      ...{ body: bytesOf(body), contentType: "application/json", closes: false },
      ...{ producer: undefined, streamSeq: undefined },
    });
  }
}

function bytesOf(text: string) {
  const bytes = Buffer.from(text);
  return { parts: text === "" ? [] : [bytes], byteLength: bytes.length };
}
