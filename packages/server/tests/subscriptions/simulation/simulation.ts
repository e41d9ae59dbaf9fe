/**
 * Streams, subscriptions, workers that crash and webhooks that fail, on a server that is killed at any write, on a disk that may be full or
 * broken. From one seed. In the end all works again, and then each acknowledged append was shown to a worker.
 */
import { Random } from "@perennial/testing";
import type { Subscription } from "../../../src/subscription/subscription.ts";
import type { Outcome } from "../../../src/subscription/webhooks/courier.ts";
import { settle } from "../../journal/simulation/backups.ts";
import { Known, law } from "./known.ts";
import { SimulatedServer } from "./machine.ts";

const ROOT = "/v1/stream/";
const PATHS = ["a/1", "a/2", "a/3", "b/1", "b/2"];
const STEPS = 400;

/** A worker at its work. */
interface Task {
  readonly subscription: Subscription;
  readonly token: string;
  readonly wakeId: string;
  readonly generation: number;
  readonly shown: readonly { readonly path: string; readonly streamId: number; readonly tail: number }[];
}

export interface Report {
  crashes: number;
  shown: number;
  done: number;
  failed: number;
}

class Simulation {
  readonly #random: Random;
  readonly #server: SimulatedServer;
  readonly #known = new Known();
  readonly #busy = new Set<string>();
  #tasks: Task[] = [];
  #boot = 0;
  #step = 0;
  #isCalm = false;
  #broken: unknown;
  /** Webhooks that have not answered yet. */
  #hanging: (() => void)[] = [];
  readonly #report: Report = { crashes: 0, shown: 0, done: 0, failed: 0 };

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#server = new SimulatedServer(this.#random, {
      post: (_, body) => this.#receive(JSON.parse(Buffer.from(body).toString())),
      close: async () => {
        for (const end of this.#hanging.splice(0)) end();
      },
    });
  }

  async run(): Promise<Report> {
    await this.#server.start();
    for (this.#step = 1; this.#step <= STEPS; this.#step++) {
      await this.#act();
      await settle();
      this.#check();
    }
    await this.#calmDown();
    return this.#report;
  }

  #check(): void {
    if (this.#broken !== undefined) throw this.#broken;
    const [error] = this.#server.kept.errors;
    law(error === undefined, () => `an error was logged: ${JSON.stringify(error)}`);
  }

  async #act(): Promise<void> {
    const random = this.#random;
    const { machine } = this.#server;
    const dice = random.next();
    if (dice < 0.4) machine.step();
    else if (dice < 0.6) this.#write(random.pick(PATHS));
    else if (dice < 0.68) this.#subscribe();
    else if (dice < 0.72) this.#claim();
    else if (dice < 0.84) this.#report_();
    else if (dice < 0.9) this.#server.advance(random.pick([10, 1000, 5000, 60_000]));
    else if (dice < 0.92) void this.#server.log.checkpoint();
    else if (dice < 0.93) machine.trouble = random.pick(["full", "full", "broken"]);
    else if (dice < 0.95) machine.trouble = "none";
    else if (dice < 0.97) await this.#crash();
    else if (dice < 0.98) for (const end of this.#hanging.splice(0)) end();
    else await this.#server.work(20);
  }

  async #crash(): Promise<void> {
    this.#report.crashes += 1;
    this.#boot += 1;
    this.#busy.clear();
    this.#server.die(this.#random.chance(0.5));
    await this.#server.start();
    this.#judgeCursors();
  }

  /** Does something that nobody else does meanwhile, unless the server dies first. */
  #alone(name: string, act: () => Promise<void>): void {
    if (this.#busy.has(name)) return;
    this.#busy.add(name);
    const boot = this.#boot;
    act()
      .catch((error) => {
        if (boot === this.#boot) this.#broken ??= error;
      })
      .finally(() => {
        if (boot === this.#boot) this.#busy.delete(name);
      });
  }

  #write(name: string): void {
    const [boot, asked, path] = [this.#boot, this.#step, ROOT + name];
    this.#alone(name, async () => {
      if (this.#random.chance(0.08)) {
        await this.#server.streams.remove(path);
        return;
      }
      let outcome: { kind: string; nextPosition?: number } = await this.#server.append(
        path,
        `{"n":${asked}}`,
      );
      if (outcome.kind === "rejected")
        outcome = await this.#server.create(path, this.#random.chance(0.3) ? "" : `{"n":${asked}}`);
      if (boot !== this.#boot || (outcome.kind !== "appended" && outcome.kind !== "created")) return;
      const streamId = this.#server.shard.catalog.peek(path)!.state.id;
      const end = outcome.nextPosition!;
      if (end > 0) this.#known.appends.push({ path: name, streamId, end, asked });
    });
  }

  #subscribe(): void {
    const random = this.#random;
    const id = random.pick(["s1", "s2", "s3"]);
    const boot = this.#boot;
    this.#alone(id, async () => {
      const { subscriptions } = this.#server.open;
      if (random.chance(0.15)) {
        for (const known of this.#known.subscriptions.values())
          if (known.id === id) this.#known.subscriptions.delete(known.number);
        await subscriptions.delete(ROOT, id);
        return;
      }
      const isHook = id !== "s1";
      const pattern = id === "s3" ? undefined : random.pick(["a/*", "b/*"]);
      const created = await subscriptions.create(
        ROOT,
        id,
        {
          ...{ type: isHook ? "webhook" : "pull-wake", pattern, leaseMs: 5000, description: undefined },
          ...{ url: isHook ? "http://localhost/" : undefined, wakeStream: isHook ? undefined : "wakes" },
          streams: pattern === undefined ? ["a/1", "b/1"] : [],
        },
        "http://localhost",
      );
      if (boot !== this.#boot || created.kind === "rejected" || !created.value.isNew) return;
      const { number } = created.value.subscription;
      this.#known.subscriptions.set(number, { number, id, pattern, since: this.#step });
    });
  }

  #claim(): void {
    const boot = this.#boot;
    this.#alone("claim", async () => {
      const claimed = await this.#server.open.workers.claim(ROOT, "s1", "worker");
      if (boot !== this.#boot || claimed.kind === "rejected") return;
      const { subscription, generation } = claimed.value;
      this.#known.hold(subscription.number, generation);
      this.#tasks.push({ ...claimed.value, shown: this.#show(subscription) });
    });
  }

  /** What a worker sees. */
  #show(subscription: Subscription): Task["shown"] {
    this.#report.shown += 1;
    return [...subscription.links.values()].map(({ link: { path, streamId, acked }, tail }) => {
      this.#known.show(subscription.number, streamId, Math.max(acked, 0), tail);
      return { path, streamId, tail };
    });
  }

  /** A worker reports, or dies. One that was never heard of again may come back late. */
  #report_(): void {
    const random = this.#random;
    const task = random.pick(this.#tasks.length === 0 ? [undefined] : this.#tasks);
    if (task === undefined) return;
    if (random.chance(0.7)) this.#tasks = this.#tasks.filter((other) => other !== task);
    if (random.chance(0.2)) return;
    const claims = this.#server.open.subscriptions.keys.verify(task.token);
    const { workers } = this.#server.open;
    const { id } = task.subscription.settings;
    if (claims === undefined) return;
    const { wakeId, generation } = task;
    if (random.chance(0.15)) {
      void workers.release(ROOT, id, claims, { wakeId, generation });
      return;
    }
    const acked = task.shown.filter(({ tail }) => tail > 0 && random.chance(0.8));
    for (const { streamId, tail } of acked) this.#known.say(task.subscription.number, streamId, tail);
    const acks = acked.map(({ path, tail }) => ({ stream: path, position: tail }));
    const isDone = random.chance(0.7);
    if (isDone) this.#report.done += 1;
    void workers.report(ROOT, id, claims, { wakeId, generation, acks, isDone });
  }

  /** A webhook gets a wake. */
  async #receive(body: {
    readonly subscription_id: string;
    readonly wake_id: string;
    readonly generation: number;
    readonly callback_token: string;
  }): Promise<Outcome> {
    const random = this.#random;
    await this.#server.isOpen;
    const found = await this.#server.open.subscriptions.find(ROOT, body.subscription_id);
    if (found.kind === "rejected") return { kind: "delivered", isDone: false };
    const subscription = found.value;
    const shown = this.#show(subscription);
    const fate = this.#isCalm ? 0 : random.next();
    if (fate > 0.3) {
      const { wake_id: wakeId, generation, callback_token: token } = body;
      this.#tasks.push({ subscription, token, wakeId, generation, shown });
    }
    if (fate > 0.8) await new Promise<void>((resolve) => this.#hanging.push(resolve));
    if (fate > 0.6) {
      this.#report.failed += 1;
      return { kind: "failed", message: "no", isDead: fate > 0.7 };
    }
    const isDone = fate < 0.45;
    if (isDone) for (const { streamId, tail } of shown) this.#known.say(subscription.number, streamId, tail);
    return { kind: "delivered", isDone };
  }

  /** Each subscription as it is, with what is known of it. */
  *#pairs() {
    for (const known of this.#known.subscriptions.values()) {
      const subscription = this.#server.open.subscriptions.at(known.number);
      law(subscription !== undefined, () => `${known.id}, which was acknowledged, is gone`);
      yield { known, subscription: subscription! };
    }
  }

  #judgeCursors(): void {
    for (const { known, subscription } of this.#pairs())
      for (const { link } of subscription.links.values())
        this.#known.judgeCursor(known, link.streamId, link.acked);
  }

  /** Nothing goes wrong any more: all work is done, and then nothing is pending. */
  async #calmDown(): Promise<void> {
    this.#isCalm = true;
    await this.#crash();
    for (let round = 0; ; round++) {
      law(round < 150, () => `work is left for ever: ${this.#left()}`);
      for (const end of this.#hanging.splice(0)) end();
      await this.#server.work(40);
      this.#check();
      const pairs = [...this.#pairs()];
      if (round > 3 && pairs.every(({ subscription }) => subscription.pending.size === 0)) break;
      for (const { subscription } of pairs) await this.#help(subscription);
      this.#server.advance(20_000);
    }
    this.#judgeCursors();
    const alive = new Map(
      PATHS.map((path) => [path, this.#server.shard.catalog.peek(ROOT + path)?.state.id ?? 0]),
    );
    for (const { known, subscription } of this.#pairs()) {
      const linked = new Map([...subscription.links.values()].map(({ link }) => [link.path, link.streamId]));
      this.#known.judgeShown(known, linked, alive);
    }
  }

  #left(): string {
    const left = [...this.#pairs()].map(
      ({ subscription: { settings, progress, pending, links, isBusy } }) => ({
        ...{ id: settings.id, progress, isBusy },
        ...{ pending: [...pending].map(({ link, tail }) => ({ link, tail })), links: links.size },
      }),
    );
    return JSON.stringify({ health: this.#server.log.health(), left });
  }

  async #help(subscription: Subscription): Promise<void> {
    const { settings, progress, deadLetters } = subscription;
    if (settings.type === "webhook") {
      if (progress.isParked && deadLetters.size > 0)
        void this.#server.open.subscriptions.replay(ROOT, settings.id);
      return;
    }
    this.#claim();
    await this.#server.work(20);
    const task = this.#tasks.pop();
    const claims = task && this.#server.open.subscriptions.keys.verify(task.token);
    if (task === undefined || claims === undefined) return;
    for (const { streamId, tail } of task.shown) this.#known.say(subscription.number, streamId, tail);
    const acks = task.shown.map(({ path, tail }) => ({ stream: path, position: tail }));
    const { wakeId, generation } = task;
    void this.#server.open.workers.report(ROOT, settings.id, claims, {
      wakeId,
      generation,
      acks,
      isDone: true,
    });
  }
}

/** Plays one seed. @throws LawBroken, or whatever else went wrong */
export function simulate(seed: number): Promise<Report> {
  return new Simulation(seed).run();
}
