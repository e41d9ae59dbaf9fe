/** What workers do with wakes: claim one, say how far they are, end it, give it up (protocol §18.5, §18.7). */
import { ok, type Result, reject } from "@perennial/protocol";
import { judgeAcks, judgeWake } from "./core/acks.ts";
import {
  alreadyClaimed,
  fenced,
  invalid,
  notFound,
  noWork,
  type Refusal,
  unavailable,
} from "./core/rejections.ts";
import type { WorkerReport } from "./core/requests.ts";
import { claimed, ended, extended } from "./core/wakes.ts";
import type { TokenClaims } from "./keys.ts";
import type { Change } from "./store.ts";
import type { Subscription } from "./subscription.ts";
import type { Outcome, ScopePrefix, SubscriptionDeps } from "./subscriptions.ts";

/** What a worker gets that has claimed a wake. */
export interface Claim {
  readonly subscription: Subscription;
  readonly token: string;
  readonly wakeId: string;
  readonly generation: number;
}

/** What becomes of a wake that a worker has reported on. */
export interface Reported {
  /** Whether another wake follows, since there is work left. */
  readonly isNext: boolean;
}

export class Workers {
  readonly #deps: SubscriptionDeps;

  constructor(deps: SubscriptionDeps) {
    this.#deps = deps;
  }

  /** Gives a worker the wake, and makes one where something is pending and none is under way. */
  async claim(scope: ScopePrefix, id: string, worker: string): Outcome<Claim> {
    const { store, news, runner, keys, shard } = this.#deps;
    const found = store.find(scope, id);
    if (found === undefined) return reject(notFound());
    if (found.settings.type === "webhook")
      return reject(invalid("a webhook's wakes are delivered, not claimed"));
    const held = this.#holder(found);
    if (held !== undefined) return reject(held);
    // What is durable counts, told or not.
    if (found.pending.size === 0 && news.isBehind(found)) await news.refresh(found);
    const refusal = this.#holder(found) ?? this.#claimProblem(found);
    if (refusal !== undefined) return reject(refusal);
    // A lease that has run out ends its wake: whoever had it must not be taken for whoever has it now.
    if (found.progress.wake?.holder !== undefined)
      store.change(found, { progress: ended(found.progress, shard.now(), false) });
    if (found.progress.wake === undefined) runner.begin(found);
    const { leaseMs } = found.settings;
    const progress = claimed(found.progress, worker, shard.now(), leaseMs);
    const settled = store.change(found, { progress });
    const token = keys.token(found.number, progress.generation);
    runner.mark(found);
    if ((await settled) !== undefined) return reject(unavailable());
    return ok({ subscription: found, token, wakeId: progress.wake!.id, generation: progress.generation });
  }

  #claimProblem(found: Subscription): Refusal | undefined {
    if (found.isGone) return notFound();
    if (this.#deps.store.refusal() !== undefined) return unavailable();
    return found.pending.size === 0 ? noWork() : undefined;
  }

  /** Who has it; a lease that has run out counts for nothing. */
  #holder({ progress }: Subscription): Refusal | undefined {
    const { wake, generation } = progress;
    if (wake?.holder === undefined || wake.leaseUntil! <= this.#deps.shard.now()) return undefined;
    return alreadyClaimed(wake.holder, generation);
  }

  /** Takes a worker's word on how far it is. */
  async report(scope: ScopePrefix, id: string, claims: TokenClaims, report: WorkerReport): Outcome<Reported> {
    const judged = this.#judge(scope, id, claims, report);
    if (judged.kind === "rejected") return judged;
    const found = judged.value;
    const { shard } = this.#deps;
    const { progress, links, settings, deadLetters } = found;
    const moved = judgeAcks(report.acks, (path) => links.get(path), progress.wake!.gone);
    if (moved.kind === "rejected") return moved;
    const hasMoved = moved.value.length > 0;
    const now = shard.now();
    const change: Change = report.isDone
      ? {
          progress: ended({ ...progress, lastError: undefined }, now, hasMoved),
          links: moved.value,
          revived: [...deadLetters.keys()],
        }
      : { progress: extended(progress, now, settings.leaseMs, hasMoved), links: moved.value };
    const written = await this.#write(found, change);
    return written.kind === "rejected" ? written : ok({ isNext: report.isDone && found.pending.size > 0 });
  }

  /** Ends the wake without moving anything. */
  async release(
    scope: ScopePrefix,
    id: string,
    claims: TokenClaims,
    report: Pick<WorkerReport, "wakeId" | "generation">,
  ): Outcome<undefined> {
    const judged = this.#judge(scope, id, claims, report);
    if (judged.kind === "rejected") return judged;
    const found = judged.value;
    return this.#write(found, { progress: ended(found.progress, this.#deps.shard.now(), false) });
  }

  /** Whether a worker's word counts: its token is for this subscription, and the wake that it speaks of is under way. */
  #judge(
    scope: ScopePrefix,
    id: string,
    claims: TokenClaims,
    told: Pick<WorkerReport, "wakeId" | "generation">,
  ): Result<Subscription, Refusal> {
    const { store, keys } = this.#deps;
    const found = store.find(scope, id);
    if (found === undefined) return reject(notFound());
    const { number, progress } = found;
    const hasWake = progress.wake !== undefined;
    const token = keys.judge(claims, { number, generation: progress.generation, hasWake });
    if (token.kind === "rejected") return token;
    const isOther = claims.generation !== told.generation;
    const fence = isOther ? fenced() : (judgeWake(progress, told) ?? this.#lapsed(found));
    if (fence !== undefined) return reject(fence);
    return store.refusal() === undefined ? ok(found) : reject(unavailable());
  }

  /** A lease that has run out is over, also where nobody has looked yet. */
  #lapsed({ progress: { wake } }: Subscription): Refusal | undefined {
    const isOver = wake?.leaseUntil !== undefined && wake.leaseUntil <= this.#deps.shard.now();
    return isOver ? fenced() : undefined;
  }

  async #write(found: Subscription, change: Change): Outcome<undefined> {
    const settled = this.#deps.store.change(found, change);
    this.#deps.runner.mark(found);
    return (await settled) === undefined ? ok(undefined) : reject(unavailable());
  }
}
