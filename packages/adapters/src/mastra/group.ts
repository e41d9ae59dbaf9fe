import { holderOf, type Leases } from "./leases.ts";
import { TOPIC_START, type TopicLog } from "./topic-log.ts";
import type { EventCallback, PubSubEvent, SubscribeOptions } from "./types.ts";

/** Events that members may have in hand. Whoever acknowledges none gets no more. */
const IN_HAND_MAX = 1_000;
const REDELIVERY_MS = 100;
const REDELIVERY_MS_MAX = 5_000;

/** What a group needs. */
export interface GroupSetting {
  readonly topic: string;
  readonly group: string;
  readonly log: TopicLog;
  readonly leases: Leases;
  /** The name of this process. */
  readonly owner: string;
  /** How long a process that is gone keeps its group, ms. */
  readonly leaseMs: number;
  readonly startFrom: SubscribeOptions["startFrom"];
  readonly onError: (error: unknown) => void;
}

/**
 * The members of a group that are in this process. One process at a time serves a group: it tells its members the events in turn,
 * and says from time to time how far they are. When it is gone, another one goes on there: an event may then be told twice, and none is
 * lost.
 */
export class Group {
  readonly #setting: GroupSetting;
  readonly #members: EventCallback[] = [];
  readonly #over = new AbortController();
  readonly #key: string;
  #turn = 0;
  /** Events that are told and not acknowledged, by their indexes. */
  readonly #inHand = new Set<number>();
  /** The index of the event that comes next. */
  #next = 0;
  #wake: () => void = () => undefined;

  constructor(setting: GroupSetting) {
    this.#setting = setting;
    this.#key = JSON.stringify([setting.topic, setting.group]);
    void this.#serve();
  }

  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  add(member: EventCallback): void {
    this.#members.push(member);
  }

  /** @returns whether it was one; the last one ends the group in this process */
  remove(member: EventCallback): boolean {
    const at = this.#members.indexOf(member);
    if (at === -1) return false;
    this.#members.splice(at, 1);
    if (this.isEmpty) this.end();
    return true;
  }

  /** Tells nobody anything any more. */
  end(): void {
    this.#over.abort();
    this.#wake();
  }

  /** Tells a member an event that no other process hears of. */
  tellHere(event: PubSubEvent): void {
    this.#tell(event, 1, () => undefined, this.#over.signal);
  }

  async #serve(): Promise<void> {
    const { leases, owner, leaseMs, onError } = this.#setting;
    while (!this.#over.signal.aborted) {
      try {
        const { isOurs, record } = await leases.change(this.#key, (held) => {
          const holder = holderOf(held);
          return holder === undefined || holder === owner ? this.#lease(held?.done) : undefined;
        });
        if (isOurs) await this.#lead(record?.done);
        else await this.#pause(leaseMs / 3);
      } catch (error) {
        onError(error);
        await this.#pause(leaseMs / 3);
      }
    }
  }

  /** Serves the members until the lease is lost, or nobody is left. */
  async #lead(done: number | undefined): Promise<void> {
    const { topic, log, leaseMs, startFrom, onError } = this.#setting;
    const { next } = await log.read(topic, Number.POSITIVE_INFINITY);
    const first = done ?? (startFrom === "latest" ? next.index : 0);
    // A topic that was cleared begins anew.
    this.#next = first > next.index ? 0 : first;
    this.#inHand.clear();
    const leading = new AbortController();
    const stop = () => leading.abort();
    this.#over.signal.addEventListener("abort", stop, { once: true });
    const renew = async () => {
      if (!(await this.#renew())) stop();
    };
    const renewals = setInterval(() => void renew(), leaseMs / 3);
    const take = async (event: PubSubEvent) => {
      if (event.index === undefined || event.index < this.#next) return;
      while (this.#inHand.size >= IN_HAND_MAX && !leading.signal.aborted) await this.#pause(leaseMs);
      const { index } = event;
      this.#next = index + 1;
      this.#inHand.add(index);
      this.#tell(event, 1, () => this.#done(index), leading.signal);
    };
    try {
      await log.follow(topic, TOPIC_START, leading.signal, take, onError);
    } finally {
      clearInterval(renewals);
      this.#over.signal.removeEventListener("abort", stop);
      if (this.#over.signal.aborted) await this.#giveBack().catch(onError);
    }
  }

  #tell(event: PubSubEvent, attempt: number, onDone: () => void, signal: AbortSignal): void {
    const member = this.#members[this.#turn++ % this.#members.length];
    if (member === undefined || signal.aborted) return;
    let isAnswered = false;
    const answer = (isDone: boolean) => {
      if (isAnswered) return;
      isAnswered = true;
      if (isDone) return onDone();
      const wait = Math.min(REDELIVERY_MS * attempt, REDELIVERY_MS_MAX);
      setTimeout(() => this.#tell(event, attempt + 1, onDone, signal), wait);
    };
    const ack = async () => answer(true);
    const nack = async () => answer(false);
    Promise.resolve()
      .then(() => member({ ...event, deliveryAttempt: attempt }, ack, nack))
      .catch((error: unknown) => {
        this.#setting.onError(error);
        answer(false);
      });
  }

  #done(index: number): void {
    this.#inHand.delete(index);
    this.#wake();
  }

  /** How far the members are: what stands before this index is acknowledged. */
  #progress(): number {
    return Math.min(this.#next, ...this.#inHand);
  }

  async #renew(): Promise<boolean> {
    const { leases, owner, onError } = this.#setting;
    try {
      const renewed = await leases.change(this.#key, (held) =>
        held?.owner === owner ? this.#lease(this.#progress()) : undefined,
      );
      return renewed.isOurs;
    } catch (error) {
      onError(error);
      return true;
    }
  }

  async #giveBack(): Promise<void> {
    const { leases, owner } = this.#setting;
    await leases.change(this.#key, (held) =>
      held?.owner === owner ? { owner: "", until: 0, done: this.#progress() } : undefined,
    );
  }

  #lease(done: number | undefined) {
    const { owner, leaseMs } = this.#setting;
    return { owner, until: Date.now() + leaseMs, ...(done === undefined ? {} : { done }) };
  }

  /** Waits; shorter if something happens in this process. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
