/**
 * The real shard over the real local log on a simulated machine. From one seed: concurrent clients, the order
 * in which the disk works, full and broken disks, kills and power cuts (in recovery, too), and what a crash
 * leaves of the files. `lives.ts` judges what is there after each recovery.
 */

import { Random } from "@perennial/testing";
import { PLAIN_SETTINGS, SimulatedMachine } from "@perennial/testing/journal";
import { DamagedData } from "../../../src/journal/contract/index.ts";
import { CorruptLog } from "../../../src/journal/local/corrupt-log.ts";
import { createLocalLog } from "../../../src/journal/local/create-local-log.ts";
import type { LocalLog } from "../../../src/journal/local/local-log.ts";
import type { LocalLogParts } from "../../../src/journal/local/local-log-parts.ts";
import { append } from "../../../src/shard/append.ts";
import { create } from "../../../src/shard/create.ts";
import { isAbsent } from "../../../src/shard/found.ts";
import { remove } from "../../../src/shard/remove.ts";
import { Shard } from "../../../src/shard/shard.ts";
import type { ShardDeps } from "../../../src/shard/shard-deps.ts";
import { HEADROOM_BYTES, type StoredBytes, withHeadroom } from "../../../src/stream/records.ts";
import { drive, SimulatedBackups, settle } from "./backups.ts";
import { type Attempt, contentOf, judgeStream, type Life, law, learn, lifeOf } from "./lives.ts";

const PATHS = ["/a", "/b", "/b/c", "/d", "/e", "/f"];
const STEPS_MAX = 400;
const CLIENTS_MAX = 24;
const PRODUCERS = ["p", "q"];

export interface SimulationOptions {
  readonly seed: number;
  /** The disk does not do what it says: the run must fail (for some seeds). */
  readonly lying?: boolean;
}

/** What happened, for a summary over many seeds: a fault that never strikes tests nothing. */
export interface SimulationReport {
  readonly acknowledged: number;
  readonly crashes: number;
  readonly tornTails: number;
  readonly failures: number;
  /** Transactions that brought streams into the archive. */
  readonly slices: number;
  /** Those of them that were made while a recovery was under way, because it had too much in memory. */
  readonly recoverySlices: number;
  /** How often something at rest was damaged, and how often a start was refused for it. */
  readonly damages: number;
  readonly refusals: number;
  /** How often a stream said that it is damaged. */
  readonly damagedReads: number;
  /** Appends that a stream's limit refused. */
  readonly beyondLimit: number;
  /** Backups that were finished, cut off, failed on their disk, and damaged afterwards; and restores that were cut off. */
  readonly backups: number;
  readonly backupsCutOff: number;
  readonly backupsFailed: number;
  readonly backupsDamaged: number;
  readonly restoresCutOff: number;
}

/** Runs one seed. @throws LawBroken, or whatever else went wrong */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  return new Simulation(options).run();
}

/** A shard that tells when streams were archived. */
class WatchedShard extends Shard {
  readonly #watch: () => void;

  constructor(deps: ShardDeps, watch: () => void) {
    super(deps);
    this.#watch = watch;
  }

  override onArchived(): void {
    super.onArchived();
    this.#watch();
  }
}

class Simulation {
  readonly #random: Random;
  readonly #machine: SimulatedMachine;
  readonly #flushing: boolean;
  readonly #sizes: Pick<
    LocalLogParts,
    "slabBytes" | "segmentBytes" | "sliceBytes" | "budgetBytes" | "budgetStreams"
  >;
  readonly #loadedStreams: number;
  readonly #aheadBytes: number;
  /** For some seeds so short that streams leave memory all the time; a look at the clock is a millisecond. */
  readonly #idleStreamMs: number;
  readonly #backups: SimulatedBackups;
  #log!: LocalLog;
  #shard!: Shard;
  #lives: Life[] = [];
  /** The life of each path that is there now, as clients know it. */
  readonly #current = new Map<string, Life>();
  /** What to do about each loss once it is clear that it can never show: something later was acknowledged. */
  #losses: (() => void)[] = [];
  /** Paths with a creation or deletion under way, and how many appends and forks are. */
  readonly #busy = new Map<string, number>();
  #clients = 0;
  /** Clients of an earlier boot are dead. */
  #boot = 0;
  #tokens = 0;
  #now = 1_000_000;
  /** The log's clock: four looks at it are a millisecond. */
  #clock = 0;
  #recovering = false;
  #broken: unknown;
  readonly #report = {
    ...{ acknowledged: 0, crashes: 0, tornTails: 0, failures: 0, slices: 0, recoverySlices: 0 },
    ...{ damages: 0, refusals: 0, damagedReads: 0, beyondLimit: 0 },
  };

  constructor({ seed, lying = false }: SimulationOptions) {
    const random = new Random(seed);
    this.#random = random;
    this.#machine = new SimulatedMachine(random);
    this.#machine.lying = lying;
    this.#flushing = random.chance(0.7);
    const slabBytes = random.pick([512, 4096, 32_768]);
    const segmentBytes = random.pick([1024, 4096, 16_384]);
    const budgetBytes = random.pick([4096, 16_384, 131_072]);
    const sliceBytes = random.pick([300, 2000, 100_000]);
    this.#sizes = {
      slabBytes,
      segmentBytes,
      budgetBytes,
      sliceBytes,
      budgetStreams: random.pick([2, 5, 100]),
    };
    this.#loadedStreams = random.pick([1, 3, 100]);
    this.#aheadBytes = random.pick([150, 5000, 1_000_000]);
    // By the seed, not by chance: so seeds that were found before play as they did.
    this.#idleStreamMs = seed % 3 === 0 ? 20 : Number.POSITIVE_INFINITY;
    this.#backups = new SimulatedBackups(
      random,
      this.#machine,
      () => this.#lives,
      (machine) => this.#openElsewhere(machine),
    );
  }

  async run(): Promise<SimulationReport> {
    await this.#start(false);
    for (let step = 0; step < STEPS_MAX; step++) {
      await this.#act();
      if (Number.isFinite(this.#idleStreamMs)) this.#shard.trim();
      await settle();
      if (this.#broken !== undefined) throw this.#broken;
      this.#backups.step();
      await this.#backups.settle();
    }
    await this.#crash();
    return { ...this.#report, ...this.#backups.report };
  }

  async #act(): Promise<void> {
    const dice = this.#random.next();
    if (dice < 0.5) this.#machine.step();
    else if (dice < 0.94) this.#startClient();
    else if (dice < 0.965) void this.#log.checkpoint();
    else if (dice < 0.975) this.#machine.trouble = this.#random.pick(["full", "full", "broken"]);
    else if (dice < 0.985) this.#machine.trouble = "none";
    else if (dice < 0.99) await this.#crash();
    else if (dice < 0.9915) await this.#restart();
    else if (dice < 0.995) await this.#damage();
    else if (dice < 0.998) await this.#backUp();
    else for (let count = 0; count < 30 && this.#machine.step(); count++) await settle();
  }

  /** Takes a backup under load, to its end or not. */
  async #backUp(): Promise<void> {
    // That a disk lies shows in what it loses, without them.
    if (this.#machine.lying) return;
    this.#backups.begin();
    for (let count = this.#random.below(500); count > 0 && this.#backups.isUnderWay; count--) {
      const dice = this.#random.next();
      if (dice < 0.4) this.#machine.step();
      else if (dice < 0.8) this.#backups.step();
      else if (dice < 0.98) this.#startClient();
      else void this.#log.checkpoint();
      await settle();
      if (this.#broken !== undefined) return;
      await this.#backups.settle();
    }
    if (this.#random.chance(0.5)) this.#backups.cutOff(this.#random.chance(0.5));
  }

  // Crashes and starts.

  async #crash(): Promise<void> {
    const powerCut = this.#random.chance(0.7);
    const mayLose = powerCut && !this.#flushing;
    this.#die(powerCut);
    await this.#start(mayLose);
    if (!this.#random.chance(0.4)) return;
    // Recovering again must change nothing.
    const before = this.#dump();
    this.#die(this.#random.chance(0.5));
    await this.#start(false);
    law(this.#dump() === before, () => `recovering twice differs:\n${before}\n${this.#dump()}`);
  }

  #die(powerCut: boolean): void {
    this.#report.crashes += 1;
    this.#boot += 1;
    this.#clients = 0;
    this.#losses = [];
    this.#busy.clear();
    this.#machine.crash(powerCut);
    this.#backups.cutOff(powerCut);
  }

  /** A clean stop: everything accepted is durable after it, also on a machine without flushes. */
  async #restart(): Promise<void> {
    this.#machine.trouble = "none";
    await drive(this.#machine, this.#log.close());
    this.#die(true);
    await this.#start(false);
  }

  /**
   * Something at rest is damaged while the machine is off. What was acknowledged, and marked as durable, is there
   * when it starts again, or it refuses to start; then the damage is mended.
   */
  async #damage(): Promise<void> {
    this.#machine.trouble = "none";
    if (!(await this.#isMarked())) return;
    this.#die(false);
    await this.#start(false);
    if (!(await this.#isMarked())) return;
    const shown = this.#lines();
    this.#die(false);
    const before = this.#machine.copy();
    const damage = this.#random.chance(0.7) ? this.#machine.damageLog() : this.#machine.damageArchive();
    this.#report.damages += 1;
    try {
      this.#shard = this.#boot_();
      await drive(this.#machine, this.#shard.open());
      this.#recovering = false;
      this.#judgeDamaged(shown, damage);
    } catch (error) {
      const isSaid = error instanceof CorruptLog || error instanceof DamagedData;
      law(isSaid, () => `${damage}: ${(error as Error).stack}`);
      this.#report.refusals += 1;
    }
    this.#die(false);
    this.#machine.restore(before);
    await this.#start(false);
  }

  /** Each stream is as it was, or says that it is damaged. */
  #judgeDamaged(shown: ReadonlyMap<string, string>, damage: string): void {
    for (const [path, line] of shown) {
      try {
        law(this.#line(path) === line, () => `${damage}: ${path} shows ${this.#line(path)}, not ${line}`);
      } catch (error) {
        if (!(error instanceof DamagedData)) throw error;
        this.#report.damagedReads += 1;
      }
    }
  }

  /** Works on until all that was accepted is durable and marked so. False when the log does not get there. */
  async #isMarked(): Promise<boolean> {
    if (this.#log.health() !== "ok") return false;
    await drive(this.#machine, this.#log.checkpoint());
    for (let step = 0; step < 300; step++) {
      const { markedBytesTotal, logBytesTotal } = this.#log.metrics();
      if (this.#log.health() !== "ok") return false;
      if (markedBytesTotal === logBytesTotal) return true;
      this.#machine.step();
      await settle();
    }
    return false;
  }

  /** @param loses acknowledged records may be gone: the power was cut and nothing is flushed */
  async #start(loses: boolean): Promise<void> {
    let mayLose = loses;
    while (this.#random.chance(0.15)) {
      const opening = this.#boot_().open();
      opening.catch(() => {});
      for (let count = this.#random.below(40); count > 0; count--) {
        this.#machine.step();
        await settle();
      }
      const powerCut = this.#random.chance(0.5);
      this.#die(powerCut);
      if (powerCut && !this.#flushing) mayLose = true;
    }
    this.#shard = this.#boot_();
    const recovery = await drive(this.#machine, this.#shard.open());
    this.#recovering = false;
    if (recovery.tornTail) this.#report.tornTails += 1;
    this.#judge(mayLose);
    const expected = this.#expectedStreams();
    law(
      recovery.streams === expected,
      () => `${recovery.streams} streams were counted, ${expected} are there`,
    );
  }

  #boot_(): Shard {
    this.#recovering = true;
    this.#log = this.#logOn(this.#machine);
    const shard = new WatchedShard(this.#shardDeps(this.#log), () => this.#onArchived(shard));
    return shard;
  }

  /** Opens the store that is on another machine. */
  async #openElsewhere(machine: SimulatedMachine): Promise<Shard> {
    const shard = new Shard(this.#shardDeps(this.#logOn(machine)));
    await drive(machine, shard.open());
    return shard;
  }

  #shardDeps(log: LocalLog): ShardDeps {
    return {
      ...{ log, now: () => this.#now++, random: () => this.#random.next(), producersPerStream: 10 },
      ...{
        loadedStreams: this.#loadedStreams,
        aheadBytes: this.#aheadBytes,
        idleStreamMs: this.#idleStreamMs,
      },
    };
  }

  #logOn(machine: SimulatedMachine): LocalLog {
    return createLocalLog({
      disk: machine.disk(),
      store: machine.store(),
      flushing: this.#flushing,
      ...this.#sizes,
      shortBytes: this.#sizes.slabBytes / 2,
      recoveryBytes: this.#sizes.budgetBytes / 2,
      checkpointIntervalMs: 1000,
      acceptLoss: false,
      scrub: true,
      reserveBytes: 1024,
      held: [],
      report: () => {},
      newStoreId: () => "simulated",
      firstLogPosition: this.#random.below(2 ** 48),
      // Nearly always in pages.
      rowProducers: this.#random.below(3),
      producerSalt: this.#random.below(2 ** 32),
      now: () => this.#clock++ / 4,
      after: machine.after(),
      afterClose: () => Promise.resolve(),
    });
  }

  #onArchived(shard: Shard): void {
    this.#report.slices += 1;
    if (this.#recovering) this.#report.recoverySlices += 1;
    for (const stream of shard.catalog.streams()) {
      if (this.#random.chance(0.5)) shard.catalog.evict(stream);
    }
  }

  // What is judged.

  #judge(mayLose: boolean): void {
    const found = new Set<Life>();
    this.#current.clear();
    for (const path of PATHS) {
      const result = this.#shard.forReading(path);
      if (result.kind !== "found") continue;
      const content = contentOf(this.#shard, result.stream);
      const life = lifeOf(this.#lives, result.stream, content);
      law(
        life.ended !== "acknowledged" || mayLose,
        () => `${path} is back after its deletion was acknowledged`,
      );
      judgeStream(life, result.stream, content, mayLose);
      learn(life, result.stream, content);
      life.ended = "no";
      this.#current.set(path, life);
      found.add(life);
    }
    for (const life of this.#lives) {
      if (found.has(life)) continue;
      const gone = life.attempts[0]!.fate === "acknowledged" && life.ended === "no";
      law(!gone || mayLose, () => `${life.path} is gone, its creation was acknowledged`);
      life.ended = "acknowledged";
    }
    this.#lives = [...this.#withSources(found)];
  }

  /** Lives with the ended ones whose bytes they still need. */
  #withSources(lives: Set<Life>): Set<Life> {
    const all = new Set(lives);
    for (const life of all) if (life.source !== undefined) all.add(life.source);
    return all;
  }

  #expectedStreams(): number {
    return this.#withSources(new Set(this.#lives.filter(({ ended }) => ended === "no"))).size;
  }

  #dump(): string {
    return [...this.#lines().values()].join("\n");
  }

  /** What each path shows. */
  #lines(): Map<string, string> {
    return new Map(PATHS.map((path) => [path, this.#line(path)]));
  }

  #line(path: string): string {
    const found = this.#shard.forReading(path);
    if (found.kind !== "found") return `${path} ${found.rejection.kind}`;
    const state = { ...found.stream.state, producers: [...(found.stream.state.producers ?? [])].sort() };
    const content = contentOf(this.#shard, found.stream);
    return `${path} ${JSON.stringify(Object.entries(state).sort())} ${content}`;
  }

  // What clients do.

  #startClient(): void {
    if (this.#clients >= CLIENTS_MAX) return;
    const path = this.#random.pick(PATHS);
    const life = this.#current.get(path);
    const idle = !this.#busy.has(path);
    if (life === undefined) {
      const free = idle && isAbsent(this.#shard.forWriting(path));
      if (free) this.#client([path], () => this.#create(path));
      return;
    }
    const dice = this.#random.next();
    if (dice < 0.65 && (this.#busy.get(path) ?? 0) >= 0) this.#client([], () => this.#append(life), path);
    else if (dice < 0.72 && idle) this.#client([path], () => this.#remove(life));
    else if (dice < 0.82) this.#fork(life);
    else this.#read(life);
  }

  /** Runs a client; the paths `alone` are its own meanwhile, `shared` it shares with others. */
  #client(alone: readonly string[], run: () => Promise<void>, shared?: string): void {
    const boot = this.#boot;
    for (const path of alone) this.#busy.set(path, -1);
    if (shared !== undefined) this.#busy.set(shared, (this.#busy.get(shared) ?? 0) + 1);
    this.#clients += 1;
    run().then(
      () => {
        if (boot !== this.#boot) return;
        this.#clients -= 1;
        for (const path of alone) this.#busy.delete(path);
        if (shared !== undefined) this.#release(shared);
      },
      (error: unknown) => {
        if (boot === this.#boot) this.#broken ??= error;
      },
    );
  }

  #release(path: string): void {
    const left = this.#busy.get(path)! - 1;
    if (left === 0) this.#busy.delete(path);
    else this.#busy.set(path, left);
  }

  #token(): string {
    this.#tokens += 1;
    const length = this.#random.chance(0.03) ? this.#random.below(100_000) : this.#random.below(300);
    return `[${this.#tokens}:${"x".repeat(length)}]`;
  }

  #bodyOf({ token }: Attempt): StoredBytes {
    const bytes = Buffer.from(token);
    if (this.#random.chance(0.5)) return { parts: [bytes], byteLength: bytes.length };
    const whole = withHeadroom(bytes.length);
    whole.set(bytes);
    return { parts: [whole], byteLength: bytes.length, headroom: HEADROOM_BYTES };
  }

  #attempt(fields: Partial<Attempt> = {}): Attempt {
    return {
      token: this.#token(),
      closes: false,
      producer: undefined,
      fate: "unknown",
      end: undefined,
      ...fields,
    };
  }

  #newLife(path: string, source?: Life, inherited = ""): Life {
    const attempts = [this.#attempt({ closes: this.#random.chance(0.03) })];
    const least = inherited.length + attempts[0]!.token.length;
    // What a fork inherits may leave no room for its first bytes.
    const isOwn = this.#random.chance(0.2) || least > (source?.maxBytes ?? least);
    const life: Life = {
      path,
      source,
      inherited,
      maxBytes: isOwn ? least + this.#random.below(2000) : source?.maxBytes,
      attempts,
      ended: "no",
      removals: 0,
      seen: "",
      nextSeq: new Map(),
    };
    this.#lives.push(life);
    return life;
  }

  async #create(path: string, source?: Life, inherited?: string): Promise<void> {
    const life = this.#newLife(path, source, inherited);
    const attempt = life.attempts[0]!;
    const losses = this.#losses.length;
    const outcome = await create(this.#shard, {
      ...PLAIN_SETTINGS,
      path,
      contentType: source === undefined ? "application/octet-stream" : undefined,
      maxBytes: life.maxBytes === source?.maxBytes ? undefined : life.maxBytes,
      expiresAt: this.#random.chance(0.2) ? 9_000_000_000 : undefined,
      closed: attempt.closes,
      body: this.#bodyOf(attempt),
      fork: source && { sourcePath: source.path, anchor: inherited!.length, subOffset: 0 },
    });
    if (outcome.kind === "rejected") {
      const refuse = () => {
        attempt.fate = "refused";
      };
      // The deletion that freed the path was lost meanwhile.
      if (outcome.rejection.kind === "path-in-use") refuse();
      else this.#lose(`creating ${path}`, outcome.rejection.kind, refuse);
      return;
    }
    law(outcome.kind === "created", () => `${path} exists already`);
    this.#current.set(path, life);
    this.#acknowledge(attempt, outcome.nextPosition, losses);
  }

  #fork(source: Life): void {
    const free = PATHS.filter((path) => !this.#busy.has(path) && isAbsent(this.#shard.forWriting(path)));
    if (free.length === 0 || (this.#busy.get(source.path) ?? 0) < 0) return;
    const found = this.#shard.forReading(source.path);
    if (found.kind !== "found") return;
    const content = contentOf(this.#shard, found.stream);
    const inherited = content.slice(0, this.#random.below(content.length + 1));
    const path = this.#random.pick(free);
    this.#client([path], () => this.#create(path, source, inherited), source.path);
  }

  async #append(life: Life): Promise<void> {
    const attempt = this.#nextAppend(life);
    if (attempt === undefined) return;
    const losses = this.#losses.length;
    const outcome = await append(this.#shard, life.path, {
      body: this.#bodyOf(attempt),
      contentType: "application/octet-stream",
      closes: attempt.closes,
      producer: attempt.producer,
      streamSeq: undefined,
    });
    if (outcome.kind !== "rejected") {
      const repeated = outcome.kind === "repeated";
      law(!repeated || attempt.fate === "acknowledged", () => `${attempt.token} was taken for a repeat`);
      if (repeated) return;
      if (attempt.producer !== undefined) life.nextSeq.set(attempt.producer.id, attempt.producer.seq + 1);
      this.#acknowledge(attempt, outcome.nextPosition, losses);
      return;
    }
    const refuse = () => {
      if (attempt.fate === "unknown") attempt.fate = "refused";
    };
    const { kind } = outcome.rejection;
    if (outcome.rejection.kind === "stream-max-bytes") {
      const { limit, size, added } = outcome.rejection;
      const fits = size + added <= limit || limit !== life.maxBytes || added !== attempt.token.length;
      law(!fits, () => `${attempt.token} was refused by ${life.path} although it fits`);
      this.#report.beyondLimit += 1;
      refuse();
    } else if (kind === "stream-closed" && life.attempts.some(({ closes }) => closes)) refuse();
    else this.#lose(`${attempt.token} to ${life.path}`, kind, refuse);
    if (attempt.producer !== undefined) this.#unlock(life, attempt.producer.id);
  }

  /** Mostly something new; sometimes a producer's repeat of what it had acknowledged. */
  #nextAppend(life: Life): Attempt | undefined {
    const closes = this.#random.chance(0.02);
    if (this.#random.chance(0.5)) return this.#push(life, this.#attempt({ closes }));
    const acknowledged = life.attempts.filter(
      ({ producer, fate }) => producer !== undefined && fate === "acknowledged",
    );
    if (acknowledged.length > 0 && this.#random.chance(0.2)) return this.#random.pick(acknowledged);
    const id = this.#random.pick(PRODUCERS);
    const seq = life.nextSeq.get(id) ?? 0;
    if (seq < 0) return undefined;
    const producer = { id, epoch: 0, seq };
    // One at a time: a producer learns what became of an append before it sends the next.
    life.nextSeq.set(id, -1 - seq);
    return this.#push(life, this.#attempt({ closes, producer }));
  }

  #push(life: Life, attempt: Attempt): Attempt {
    life.attempts.push(attempt);
    return attempt;
  }

  /** The sequence number of a lost append is used again. */
  #unlock(life: Life, id: string): void {
    const locked = life.nextSeq.get(id) ?? 0;
    if (locked < 0) life.nextSeq.set(id, -1 - locked);
  }

  /** @param losses how many there were when it was asked for: they can never show now */
  #acknowledge(attempt: Attempt, end: number, losses: number): void {
    attempt.fate = "acknowledged";
    attempt.end = end;
    this.#report.acknowledged += 1;
    for (const forget of this.#losses.slice(0, losses)) forget();
  }

  /**
   * It may turn up after a crash, as long as nothing later was acknowledged; until then it must not be there.
   *
   * @param bury called once it is clear that it can never show
   */
  #lose(what: string, kind: string, bury: () => void): void {
    law(kind === "storage-full" || kind === "storage-failed", () => `${what}: ${kind}`);
    this.#report.failures += 1;
    this.#losses.push(bury);
  }

  async #remove(life: Life): Promise<void> {
    life.ended = "unknown";
    life.removals += 1;
    const { removals } = life;
    const losses = this.#losses.length;
    const outcome = await remove(this.#shard, life.path);
    if (outcome.kind === "removed") {
      life.ended = "acknowledged";
      this.#current.delete(life.path);
      for (const forget of this.#losses.slice(0, losses)) forget();
      return;
    }
    this.#lose(`removing ${life.path}`, outcome.rejection.kind, () => {
      if (life.removals === removals) life.ended = "no";
    });
  }

  #read(life: Life): void {
    const found = this.#shard.forReading(life.path);
    law(found.kind === "found", () => `${life.path} cannot be read: ${found.kind}`);
    if (found.kind !== "found") return;
    const content = contentOf(this.#shard, found.stream);
    law(content.startsWith(life.seen), () => `a reader of ${life.path} saw bytes that are gone`);
    for (const { fate, end, token } of life.attempts) {
      const there = fate !== "acknowledged" || content.slice(end! - token.length, end) === token;
      law(there, () => `${token} was acknowledged and cannot be read`);
    }
    life.seen = content;
  }
}
