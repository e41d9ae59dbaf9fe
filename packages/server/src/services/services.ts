/** The services of a server: who they are, and what an operator does with them. */
import { ok, type Result, reject } from "@perennial/protocol";
import type { IssuedTokens, PublicKey } from "@perennial/tokens";
import type { AllStreams } from "../shard/streams.ts";
import type { Logger } from "../telemetry/logger.ts";
import { Audit, type AuditEntry } from "./audit.ts";
import { type AskedRequest, type Authorize, askInTime } from "./authorize.ts";
import { Census } from "./census.ts";
import { Credentials, digestOf, type TokenClock } from "./credentials.ts";
import type { Holding, SentCredential } from "./holder.ts";
import { limitsProblem, type ServiceLimits } from "./limits.ts";
import { OperatorKeys } from "./operator-keys.ts";
import { removeStreams } from "./remove-streams.ts";
import { evolve, isServiceId, type KeptSecret, type Service, type ServiceEvent } from "./service.ts";
import { ServiceLog } from "./service-log.ts";
import { documentsOf, serviceAt, streamsOf } from "./service-paths.ts";
import { ServiceUsage, type UsageFigures } from "./usage.ts";

/** Why an operator's command was not carried out. */
export type ServiceProblem =
  | { readonly kind: "bad-service-id" }
  | { readonly kind: "service-exists" }
  | { readonly kind: "no-such-service" }
  | { readonly kind: "bad-limits"; readonly reason: string };

/** A service as operators see it. */
export interface ListedService {
  readonly id: string;
  readonly createdAt: string;
  readonly state: Service["state"];
  /** How many secrets are valid: two while they are being changed. */
  readonly secrets: number;
  /** What it may use. */
  readonly limits: ServiceLimits;
}

/** A service and its secret, which is told once: only its digest is kept. */
export interface NewSecret {
  readonly id: string;
  readonly secret: string;
}

/** What others do about services. */
export interface ServiceHooks {
  /** Takes away what a service has besides its streams, given the prefix of their paths. */
  onEnd(prefix: string): Promise<void>;
  /** Somebody was disabled, enabled, or is gone. */
  onChange(): void;
}

/** Entries of the audit log that an operator is shown. */
const AUDIT_SHOWN = 200;

export class Services {
  readonly #streams: AllStreams;
  readonly #log: ServiceLog;
  readonly #audit: Audit;
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #monotonicNow: () => number;
  readonly #usage = new Map<string, ServiceUsage>();
  readonly #hooks: ServiceHooks;
  readonly #byId = new Map<string, Service>();
  readonly #credentials: Credentials;
  readonly #operatorKeys = new OperatorKeys();
  #authorize: Authorize | undefined;
  #isGuarded = false;
  #isStopped = false;
  /** Commands are carried out one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #deleting: Promise<void> = Promise.resolve();

  constructor(streams: AllStreams, logger: Logger, clock: TokenClock, hooks: ServiceHooks) {
    this.#hooks = hooks;
    this.#streams = streams;
    this.#log = new ServiceLog(streams);
    this.#audit = new Audit(streams, logger, { now: () => clock.now() });
    this.#logger = logger;
    this.#now = () => clock.now();
    this.#monotonicNow = () => clock.monotonicNow();
    this.#credentials = new Credentials(clock, (id) => this.#usageOf(id));
  }

  /** From now on tokens of other issuers count, too, and what an embedder says. */
  trust(issued: IssuedTokens | undefined, authorize: Authorize | undefined): void {
    if (issued !== undefined) this.#credentials.trust(issued);
    this.#authorize = authorize;
  }

  /** Learns what was decided, and goes on with what was not finished. */
  async open(): Promise<void> {
    const events = await this.#log.read();
    this.#isGuarded = events !== undefined;
    for (const event of events ?? []) this.#apply(event);
    for (const service of this.#byId.values())
      if (service.state === "deleted") this.#removeStreams(service.id);
  }

  /** Resolves when nothing is under way any more; what is left is done after the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#last;
    await this.#deleting;
    await this.#audit.stop();
  }

  /**
   * Whether all streams need credentials: there is a service, or was one. Were the last one's end to open the server, what is
   * left would be everybody's.
   */
  get isGuarded(): boolean {
    return this.#isGuarded || this.#authorize !== undefined;
  }

  /** Who holds a credential, whatever the state of the service. */
  holderOf(credential: SentCredential): Holding | Promise<Holding> {
    return this.#credentials.holderOf(credential);
  }

  /** Who an embedder says that has sent a request; undefined: there is nobody to ask. Rejects with what is thrown there. */
  askedHolder(request: AskedRequest): Promise<Holding> | undefined {
    if (this.#authorize === undefined) return undefined;
    return askInTime(this.#authorize, request).then((given) =>
      given === undefined ? reject("unknown") : this.#credentials.given(given),
    );
  }

  /**
   * Whether nobody may use the service now whose streams begin so. From the first service on nobody has all streams: what was made for
   * them before would tell of those of services. An embedder may still say who has.
   */
  isDisabled(prefix: string): boolean {
    const id = serviceAt(prefix);
    if (id === "") return this.#isGuarded && this.#authorize === undefined;
    return (this.#byId.get(id)?.state ?? "enabled") !== "enabled";
  }

  /** A request was refused for whose it was, or for how much there was of it. */
  noteRefused(status: number, method: string, target: string): void {
    this.#audit.refused(status, method, target);
  }

  /** What was done and who was refused lately, the oldest first. */
  audit(): Promise<readonly AuditEntry[]> {
    return this.#audit.newest(AUDIT_SHOWN);
  }

  /** What each service uses. */
  usage(): Readonly<Record<string, UsageFigures>> {
    return Object.fromEntries([...this.#byId.keys()].map((id) => [id, this.#usageOf(id).figures]));
  }

  list(): readonly ListedService[] {
    return [...this.#byId.values()].map(({ id, createdAt, state, secrets, limits }) => ({
      ...{ id, createdAt, state, limits },
      secrets: secrets.length,
    }));
  }

  create(id: string): Promise<Result<NewSecret, ServiceProblem>> {
    return this.#inTurn(async () => {
      if (!isServiceId(id)) return reject({ kind: "bad-service-id" });
      if (this.#byId.has(id)) return reject({ kind: "service-exists" });
      return ok(await this.#withNewSecret("created", id));
    });
  }

  /** Gives it a new secret beside the one that it has; of two the older one ends. */
  rotate(id: string): Promise<Result<NewSecret, ServiceProblem>> {
    return this.#inTurn(async () =>
      this.#isThere(id) ? ok(await this.#withNewSecret("rotated", id)) : reject({ kind: "no-such-service" }),
    );
  }

  /** Ends all of its secrets but the newest. */
  retire(id: string): Promise<Result<ListedService, ServiceProblem>> {
    return this.#decide(id, "retired");
  }

  disable(id: string): Promise<Result<ListedService, ServiceProblem>> {
    return this.#decide(id, "disabled");
  }

  enable(id: string): Promise<Result<ListedService, ServiceProblem>> {
    return this.#decide(id, "enabled");
  }

  /** Says what it may use; what is not named is not limited. */
  limit(id: string, limits: ServiceLimits): Promise<Result<ListedService, ServiceProblem>> {
    return this.#inTurn(async () => {
      const reason = limitsProblem(limits);
      if (reason !== undefined) return reject({ kind: "bad-limits", reason });
      return this.#recordOf(id, { type: "limited", id, at: this.#at(), limits });
    });
  }

  /** A token that may read and list all that it has, for a quarter of an hour. It ends with the server, too. */
  readToken(id: string): Promise<Result<string, ServiceProblem>> {
    return this.#inTurn(async () => {
      if (!this.#isThere(id)) return reject({ kind: "no-such-service" });
      const admit = (key: PublicKey): void => {
        this.#credentials.admit(this.#byId.get(id)!, key);
      };
      const token = await this.#operatorKeys.readToken(id, this.#now(), admit);
      this.#audit.act("link", id);
      return ok(token);
    });
  }

  /** Ends it at once; its streams are deleted in the background, and then its id is free. */
  async delete(id: string): Promise<Result<ListedService, ServiceProblem>> {
    const removed = await this.#decide(id, "deleted");
    if (removed.kind === "ok") this.#removeStreams(id);
    return removed;
  }

  #decide(
    id: string,
    type: "retired" | "disabled" | "enabled" | "deleted",
  ): Promise<Result<ListedService, ServiceProblem>> {
    return this.#inTurn(() => this.#recordOf(id, { type, id, at: this.#at() }));
  }

  async #recordOf(id: string, event: ServiceEvent): Promise<Result<ListedService, ServiceProblem>> {
    if (!this.#isThere(id)) return reject({ kind: "no-such-service" });
    await this.#record(event);
    return ok(this.list().find((service) => service.id === id)!);
  }

  async #withNewSecret(type: "created" | "rotated", id: string): Promise<NewSecret> {
    // Only now: a server without services needs none of it, and what it imports cannot be required by older CommonJS.
    const { createSecret, signingKey } = await import("@perennial/tokens");
    const secret = createSecret();
    const kept: KeptSecret = { digest: digestOf(secret), key: (await signingKey(secret)).public };
    await this.#record({ type, id, at: this.#at(), secret: kept });
    return { id, secret };
  }

  /** What is decided counts once it is durable. */
  async #record(event: ServiceEvent): Promise<void> {
    await this.#log.append(event);
    this.#isGuarded = true;
    this.#apply(event);
    this.#audit.act(event.type, event.id);
    this.#hooks.onChange();
  }

  #apply(event: ServiceEvent): void {
    const before = this.#byId.get(event.id);
    const after = evolve(before, event);
    if (after === undefined) {
      this.#byId.delete(event.id);
      this.#usage.delete(event.id);
    } else this.#byId.set(event.id, after);
    if (event.type === "limited") this.#usageOf(event.id).limits = event.limits;
    if (event.type === "deleted") this.#operatorKeys.forget(event.id);
    this.#credentials.replace(before, after);
  }

  #usageOf(id: string): ServiceUsage {
    let usage = this.#usage.get(id);
    if (usage === undefined) {
      usage = new ServiceUsage(new Census(id, this.#streams, this.#monotonicNow), this.#monotonicNow);
      this.#usage.set(id, usage);
    }
    return usage;
  }

  #isThere(id: string): boolean {
    return (this.#byId.get(id)?.state ?? "deleted") !== "deleted";
  }

  #at(): string {
    return new Date(this.#now()).toISOString();
  }

  #inTurn<T>(command: () => Promise<T>): Promise<T> {
    const result = this.#last.then(command);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #removeStreams(id: string): void {
    this.#deleting = this.#deleting
      .then(() => this.#removeAll(id))
      .catch((error) => {
        this.#logger.warn(
          { err: error, service: id },
          "streams of a deleted service are left; they go at the next start",
        );
      });
  }

  async #removeAll(id: string): Promise<void> {
    await this.#hooks.onEnd(streamsOf(id));
    for (const prefix of [streamsOf(id), documentsOf(id)])
      await removeStreams(this.#streams, prefix, () => this.#isStopped);
    if (!this.#isStopped) await this.#inTurn(() => this.#record({ type: "gone", id, at: this.#at() }));
  }
}
