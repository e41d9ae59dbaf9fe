/** The subscriptions of a server: what clients, workers and operators do with them (protocol §18). */
import { createHash } from "node:crypto";
import { ok, type Result, reject, STREAM_ROOT } from "@perennial/protocol";
import type { Shard } from "../shard/shard.ts";
import type { Settled } from "../shard/table/table.ts";
import { invalid, notFound, type Refusal, tooMany, unavailable } from "./core/rejections.ts";
import type { Wanted } from "./core/requests.ts";
import { OWN_WAKES } from "./core/requests.ts";
import type { DeadLetter, Link } from "./core/state.ts";
import type { Keys } from "./keys.ts";
import { globLinks } from "./linking.ts";
import type { News } from "./news.ts";
import type { Runner } from "./runner.ts";
import { hasLinkRoom, shareOf } from "./shares.ts";
import type { Store } from "./store.ts";
import type { Subscription } from "./subscription.ts";
import { linkNow } from "./tails.ts";
import { judgeUrl, type OwnHosts } from "./webhooks/addresses.ts";

/** How many there may be. */
export interface SubscriptionLimits {
  /** Subscriptions of the server. */
  readonly subscriptions: number;
  /** Patterns of one service, or of a server without services: each is compared with what is appended below it. */
  readonly patterns: number;
  /** Streams of one subscription. */
  readonly links: number;
  /** Streams of all of them. */
  readonly allLinks: number;
}

export interface SubscriptionDeps {
  readonly shard: Shard;
  readonly store: Store;
  readonly keys: Keys;
  readonly news: News;
  readonly runner: Runner;
  readonly own: OwnHosts;
  readonly webhooks: boolean;
  readonly limits: SubscriptionLimits;
}

/** Whose subscriptions: all paths begin with this. */
export type ScopePrefix = string;

export type Outcome<Value> = Promise<Result<Value, Refusal>>;

export interface Created {
  readonly subscription: Subscription;
  /** Whether it was there before, just so. */
  readonly isNew: boolean;
}

export class Subscriptions {
  readonly #deps: SubscriptionDeps;

  constructor(deps: SubscriptionDeps) {
    this.#deps = deps;
  }

  get keys(): Keys {
    return this.#deps.keys;
  }

  /** The subscription of a number, which tokens name it by. */
  at(number: number): Subscription | undefined {
    return this.#deps.store.byNumber.get(number);
  }

  /** Makes it, or confirms that it is there. */
  async create(scope: ScopePrefix, id: string, wanted: Wanted, origin: string): Outcome<Created> {
    const digest = digestOf(wanted);
    const existing = await this.#existing(scope, id, digest);
    if (existing !== undefined) return existing;
    const problem = this.#problemOf(wanted) ?? this.#limitProblem(scope, wanted);
    if (problem !== undefined) return reject(problem);
    const { shard, store, news, runner } = this.#deps;
    const linked = wanted.pattern === undefined ? [] : await globLinks(shard, store, wanted);
    const { streams, ...settings } = wanted;
    // Somebody else may have made it meanwhile.
    const raced = store.find(scope, id);
    if (raced !== undefined) return this.create(scope, id, wanted, origin);
    if (store.refusal() !== undefined) return reject(unavailable());
    const explicit = streams.map((path) => linkNow(shard, path, { isExplicit: true, isGlob: false }));
    const names = new Set(streams);
    const links: Link[] = [...linked.filter(({ path }) => !names.has(path)), ...explicit];
    // The key that it will be known by is there before anybody is told of it.
    if (wanted.type === "webhook") void this.#deps.keys.kid;
    const { subscription, settled } = store.create(
      { ...settings, id, scope, createdAt: shard.now(), digest, origin },
      { links },
    );
    await news.refresh(subscription);
    runner.mark(subscription);
    return (await settled) === undefined ? ok({ subscription, isNew: true }) : reject(unavailable());
  }

  async #existing(
    scope: ScopePrefix,
    id: string,
    digest: string,
  ): Promise<Result<Created, Refusal> | undefined> {
    const existing = await this.find(scope, id);
    if (existing.kind === "rejected") return undefined;
    if (existing.value.settings.digest === digest) return ok({ subscription: existing.value, isNew: false });
    return reject({
      ...{ status: 409, code: "SUBSCRIPTION_ALREADY_EXISTS" },
      message: `there is a subscription ${id} that is configured otherwise`,
    });
  }

  #problemOf({ type, url }: Wanted): Refusal | undefined {
    if (type !== "webhook") return undefined;
    if (!this.#deps.webhooks)
      return invalid("this server delivers no webhooks; subscribe with type pull-wake");
    const judged = judgeUrl(url!, this.#deps.own);
    if (judged.kind === "ok") return undefined;
    return { status: 400, code: "WEBHOOK_URL_REJECTED", message: judged.rejection };
  }

  #limitProblem(scope: ScopePrefix, { pattern, streams }: Wanted): Refusal | undefined {
    const { store, limits } = this.#deps;
    const share = shareOf(scope, limits.subscriptions);
    if (store.byNumber.size >= limits.subscriptions || store.within(scope).size >= share)
      return tooMany("subscriptions", share);
    if (pattern !== undefined && store.patternsWithin(scope) >= limits.patterns)
      return tooMany("subscriptions with a pattern", limits.patterns);
    return this.#linkProblem(scope, 0, streams.length);
  }

  #linkProblem(scope: ScopePrefix, has: number, more: number): Refusal | undefined {
    const { store, limits } = this.#deps;
    if (has + more > limits.links) return tooMany("streams in one subscription", limits.links);
    if (hasLinkRoom(store, limits.allLinks, scope, more)) return undefined;
    return tooMany("subscribed streams", shareOf(scope, limits.allLinks));
  }

  /** The subscription, once all that is known of it is durable. */
  async find(scope: ScopePrefix, id: string): Outcome<Subscription> {
    const { store } = this.#deps;
    while (store.find(scope, id) !== undefined && (await store.settled) !== undefined);
    const found = store.find(scope, id);
    return found === undefined ? reject(notFound()) : ok(found);
  }

  /** Some of them, in the order in which they were made. @param stream only those about this one */
  list(
    scope: ScopePrefix,
    after: string | undefined,
    limit: number,
    stream?: string,
  ): readonly Subscription[] {
    const { store } = this.#deps;
    const all =
      stream === undefined
        ? store.within(scope).values()
        : [...store.watchers.get(stream)].map(({ subscription }) => subscription);
    const page: Subscription[] = [];
    let isAfter = after === undefined;
    for (const subscription of all) {
      if (isAfter && subscription.settings.scope === scope) page.push(subscription);
      if (page.length === limit) break;
      isAfter ||= subscription.settings.id === after;
    }
    return page;
  }

  /** Deletes it, if there is one. */
  async delete(scope: ScopePrefix, id: string): Outcome<undefined> {
    const { store } = this.#deps;
    const found = store.find(scope, id);
    if (found === undefined) return ok(undefined);
    return store.refusal() === undefined ? this.#written(store.delete(found)) : reject(unavailable());
  }

  /** Deletes all of a service. */
  async deleteAll(scope: ScopePrefix): Promise<void> {
    for (const id of [...this.#deps.store.within(scope).keys()]) {
      const outcome = await this.delete(scope, id);
      if (outcome.kind === "rejected") throw new Error(outcome.rejection.message);
    }
  }

  /** Adds streams: what is in them now counts as processed. */
  async addStreams(scope: ScopePrefix, id: string, paths: readonly string[]): Outcome<undefined> {
    const { store, shard } = this.#deps;
    const found = store.find(scope, id);
    if (found === undefined) return reject(notFound());
    if (paths.includes(found.settings.wakeStream ?? "")) return reject(invalid(OWN_WAKES));
    const added: Link[] = [];
    for (const path of paths) {
      const known = found.links.get(path)?.link;
      if (known?.isExplicit) continue;
      added.push(
        known === undefined
          ? linkNow(shard, path, { isExplicit: true, isGlob: false })
          : { ...known, isExplicit: true },
      );
    }
    const problem = this.#linkProblem(
      scope,
      found.links.size,
      added.filter(({ path }) => !found.links.has(path)).length,
    );
    if (problem !== undefined) return reject(problem);
    return this.#changed(found, { links: added });
  }

  /** Takes an explicit stream away; if the pattern matches it, it stays, and so does its cursor. */
  async removeStream(scope: ScopePrefix, id: string, path: string): Outcome<undefined> {
    const { store } = this.#deps;
    const found = store.find(scope, id);
    if (found === undefined) return reject(notFound());
    const known = found.links.get(path)?.link;
    if (known === undefined || !known.isExplicit) return ok(undefined);
    const isGlob = store.globs.isMatch(found, path) && store.wakeStreams.get(path).size === 0;
    const change = isGlob ? { links: [{ ...known, isExplicit: false, isGlob }] } : { unlinked: [path] };
    return this.#changed(found, change);
  }

  async deadLetters(scope: ScopePrefix, id: string): Outcome<readonly DeadLetter[]> {
    const found = await this.find(scope, id);
    return found.kind === "rejected" ? found : ok([...found.value.deadLetters.values()]);
  }

  /** Sends what is pending again, now. Without a dead letter's wake id, it is about all of them. */
  async replay(scope: ScopePrefix, id: string): Outcome<undefined> {
    const found = this.#deps.store.find(scope, id);
    if (found === undefined) return reject(notFound());
    const { progress } = found;
    const { wake } = progress;
    const now = this.#deps.shard.now();
    found.heldUntil = 0;
    const retried = wake !== undefined && wake.nextAt !== undefined ? { ...wake, nextAt: now } : wake;
    return this.#changed(found, {
      progress: { ...progress, wake: retried, isParked: false, notBefore: undefined },
    });
  }

  /** Forgets dead letters: one, or all. */
  async discard(scope: ScopePrefix, id: string, wakeId: string): Outcome<undefined> {
    const found = this.#deps.store.find(scope, id);
    if (found === undefined) return reject(notFound());
    const letters = [...found.deadLetters.values()].filter((letter) => letter.wakeId === wakeId);
    if (letters.length === 0) return reject(notFound(`there is no dead letter ${wakeId}`));
    return this.#changed(found, { revived: letters.map(({ generation }) => generation) });
  }

  async #changed(subscription: Subscription, change: Parameters<Store["change"]>[1]): Outcome<undefined> {
    const { store, runner, news } = this.#deps;
    if (store.refusal() !== undefined) return reject(unavailable());
    const outcome = this.#written(store.change(subscription, change));
    if (change.links !== undefined) await news.refresh(subscription);
    runner.mark(subscription);
    return outcome;
  }

  async #written(settled: Settled): Outcome<undefined> {
    return (await settled) === undefined ? ok(undefined) : reject(unavailable());
  }
}

/** Names a configuration: equal ones have equal names (protocol §18.3). */
function digestOf({ type, pattern, streams, url, wakeStream, leaseMs, description }: Wanted): string {
  const canonical = [
    type,
    pattern ?? null,
    streams,
    url ?? null,
    wakeStream ?? null,
    leaseMs,
    description ?? null,
  ];
  return createHash("sha256").update(JSON.stringify(canonical)).digest("base64url");
}

/** The scope's part of a path that is relative to the stream root. */
export function scopeWithin(scope: ScopePrefix): string {
  return scope.slice(STREAM_ROOT.length + 1);
}
