/**
 * Backups of the simulated store while clients write to it, onto a second simulated machine: cut off, gone on with, on full
 * and broken disks. Every finished one opens, restored, and holds all that was acknowledged before it began; damage to it
 * is seen.
 */
import type { Random } from "@perennial/testing";
import { SimulatedMachine } from "@perennial/testing/journal";
import type { DirectoryDisks } from "../../../src/journal/local/backup/directory-disks.ts";
import {
  compareWithManifest,
  type Manifest,
  readManifest,
} from "../../../src/journal/local/backup/manifest.ts";
import { Pace } from "../../../src/journal/local/backup/pace.ts";
import { filesOf, restoreFiles } from "../../../src/journal/local/backup/restore.ts";
import { takeBackup } from "../../../src/journal/local/backup/take-backup.ts";
import { checkStore } from "../../../src/journal/local/check.ts";
import type { Disk } from "../../../src/journal/local/disk.ts";
import { UnusableDirectory } from "../../../src/journal/local/unusable-directory.ts";
import type { Shard } from "../../../src/shard/shard.ts";
import { type Attempt, contentOf, judgeStream, type Life, law, lifeOf } from "./lives.ts";

const ARCHIVE = "archive.lmdb";

/** What was known of a stream when a backup began. */
interface Before {
  readonly life: Life;
  readonly isThere: boolean;
  readonly isGone: boolean;
  readonly removals: number;
  readonly acknowledged: readonly Attempt[];
  readonly seen: string;
}

export class SimulatedBackups {
  readonly report = { backups: 0, backupsCutOff: 0, backupsFailed: 0, backupsDamaged: 0, restoresCutOff: 0 };
  readonly #random: Random;
  readonly #source: SimulatedMachine;
  readonly #target: SimulatedMachine;
  readonly #lives: () => readonly Life[];
  readonly #open: (machine: SimulatedMachine) => Promise<Shard>;
  #underWay: { readonly before: readonly Before[] } | undefined;
  /** What is to be done about one that has come to its end. */
  #ended: (() => Promise<void>) | undefined;

  /**
   * @param lives what clients know of all streams
   * @param open opens the store on a machine
   */
  constructor(
    random: Random,
    source: SimulatedMachine,
    lives: () => readonly Life[],
    open: (machine: SimulatedMachine) => Promise<Shard>,
  ) {
    this.#random = random;
    this.#source = source;
    this.#target = new SimulatedMachine(random);
    this.#lives = lives;
    this.#open = open;
  }

  get isUnderWay(): boolean {
    return this.#underWay !== undefined;
  }

  /** Begins one, or goes on with one that was cut off, or brings the last one up to date. */
  begin(): void {
    if (this.#underWay !== undefined) return;
    const before = this.#lives().map(beforeOf);
    const underWay = { before };
    this.#underWay = underWay;
    const target = this.#target;
    if (this.#random.chance(0.2)) target.trouble = this.#random.pick(["full", "broken"]);
    const disk = target.disk();
    const pace = new Pace(Number.POSITIVE_INFINITY, {
      now: () => 0,
      sleep: async () => void (await disk.list()),
    });
    const about = { begunAt: "now", target: "the backup", onProgress: () => {} };
    const source = { log: this.#source.disk(), snapshot: () => this.#source.snapshot() };
    const openStore = () => ({ ...target.store(), close: () => keepArchive(target, disk) });
    const end = (judge: () => Promise<void>) => {
      if (this.#underWay === underWay) this.#ended = judge;
    };
    takeBackup(source, { ...within(disk), openStore }, pace, about).then(
      () => end(() => this.#judge(before)),
      (error: unknown) => end(() => this.#judgeFailure(error)),
    );
  }

  /** Lets the target's disk do something. */
  step(): void {
    this.#target.step();
  }

  /** Judges the one that has come to its end, if one has. */
  async settle(): Promise<void> {
    const judge = this.#ended;
    if (judge === undefined) return;
    this.#ended = undefined;
    this.#underWay = undefined;
    await judge();
  }

  /** The backup's process dies, as it does when the power is cut. */
  cutOff(powerCut: boolean): void {
    if (this.#underWay === undefined) return;
    this.#underWay = undefined;
    this.#ended = undefined;
    this.#target.crash(powerCut);
    this.report.backupsCutOff += 1;
    if (this.#random.chance(0.2) && this.#target.copy().entries.size > 0) this.#target.damageArchive();
  }

  async #judgeFailure(error: unknown): Promise<void> {
    const { code, stack } = error as NodeJS.ErrnoException;
    law(code === "ENOSPC" || code === "EIO", () => `a backup failed: ${stack}`);
    this.#target.crash(false);
    const left = this.#target.copy();
    if (!left.files.has("backup.json")) await this.#judgeUnfinished(left);
    this.report.backupsFailed += 1;
  }

  /** What looks like a data directory is a whole one: only its sums are missing. */
  async #judgeUnfinished(left: Media): Promise<void> {
    if (!left.files.has("format")) return;
    const problems = await this.#storeProblems(left);
    law(
      problems.length === 0,
      () => `a backup that failed looks like a data directory: ${problems.join("; ")}`,
    );
  }

  async #judge(before: readonly Before[]): Promise<void> {
    this.report.backups += 1;
    // What is finished is durable.
    this.#target.crash(true);
    const backup = this.#target.copy();
    const manifest = await this.#manifestOf(backup);
    const problems = await this.#problems(backup);
    law(problems.length === 0, () => `a finished backup has problems: ${problems.join("; ")}`);
    await this.#cutOffRestore(backup, manifest!);
    const restored = await this.#restore(backup, manifest!);
    await this.#judgeStreams(await this.#open(storeOf(restored, this.#random)), before);
    await this.#judgeDamaged(backup, manifest!);
  }

  #manifestOf(backup: Media): Promise<Manifest | undefined> {
    const machine = machineOf(backup, this.#random);
    return drive(machine, readManifest(machine.disk()));
  }

  /** What `perennial check` says of a backup. */
  async #problems(backup: Media): Promise<readonly string[]> {
    const machine = machineOf(backup, this.#random);
    const disks = within(machine.disk());
    const manifest = await drive(machine, readManifest(disks.top));
    if (manifest === undefined) return ["it is no finished backup"];
    const different = await drive(machine, compareWithManifest(disks, manifest));
    return different.length > 0 ? different : this.#storeProblems(backup);
  }

  async #storeProblems(backup: Media): Promise<readonly string[]> {
    const store = storeOf(backup, this.#random);
    const report = await drive(
      store,
      checkStore(store.disk(), store.store(), () => {}),
    );
    return report.problems;
  }

  async #restore(backup: Media, manifest: Manifest): Promise<Media> {
    const machine = machineOf(backup, this.#random);
    const restored = new SimulatedMachine(this.#random);
    const files = filesOf(within(machine.disk()), manifest);
    await drive(machine, restoreFiles(manifest, files, within(restored.disk())), restored);
    restored.crash(true);
    return restored.copy();
  }

  /** What a restore leaves that dies in the middle is no data directory, or a whole one. */
  async #cutOffRestore(backup: Media, manifest: Manifest): Promise<void> {
    const machine = machineOf(backup, this.#random);
    const restored = new SimulatedMachine(this.#random);
    void restoreFiles(manifest, filesOf(within(machine.disk()), manifest), within(restored.disk()));
    for (let count = this.#random.below(80); count > 0; count--) {
      machine.step();
      restored.step();
      await settle();
    }
    restored.crash(true);
    if (!restored.copy().files.has("format")) {
      this.report.restoresCutOff += 1;
      return;
    }
    const different = await drive(restored, compareWithManifest(within(restored.disk()), manifest));
    const others = different.filter((problem) => !problem.includes(" format "));
    law(others.length === 0, () => `a restore that was cut off left ${others.join("; ")}`);
  }

  /** Whatever of it is damaged, `check` sees it, and `restore` refuses it. */
  async #judgeDamaged(backup: Media, manifest: Manifest): Promise<void> {
    const machine = machineOf(backup, this.#random);
    const damage = machine.damageLog();
    const damaged = machine.copy();
    this.report.backupsDamaged += 1;
    try {
      const found = await this.#manifestOf(damaged);
      const problems = await this.#problems(damaged);
      // A lost line break at its end changes nothing.
      const isSame =
        damage.startsWith("backup.json truncated") && JSON.stringify(found) === JSON.stringify(manifest);
      law(problems.length > 0 || isSame, () => `check does not see damage to a backup: ${damage}`);
      if (found === undefined || isSame) return;
      const refusal = await this.#restore(damaged, found).catch((error: unknown) => error);
      const isSaid = refusal instanceof UnusableDirectory || (refusal as { code?: string }).code === "ENOENT";
      law(isSaid, () => `a damaged backup was restored: ${damage}: ${refusal}`);
    } catch (error) {
      if (!(error instanceof UnusableDirectory)) throw error;
    }
  }

  async #judgeStreams(shard: Shard, before: readonly Before[]): Promise<void> {
    const found = new Set<Life>();
    const paths = new Set(this.#lives().map(({ path }) => path));
    for (const path of paths) {
      const result = shard.forReading(path);
      if (result.kind !== "found") continue;
      const content = contentOf(shard, result.stream);
      const life = lifeOf(this.#lives(), result.stream, content);
      found.add(life);
      judgeStream(asOfThen(life), result.stream, content, true);
      const known = before.find((candidate) => candidate.life === life);
      if (known !== undefined) judgeKnown(known, content);
    }
    for (const { life, isThere, removals } of before) {
      const missing = isThere && life.removals === removals && !found.has(life);
      law(!missing, () => `a backup lacks ${life.path}`);
    }
  }
}

function beforeOf(life: Life): Before {
  const { attempts, ended, removals, seen } = life;
  const acknowledged = attempts.filter(({ fate }) => fate === "acknowledged");
  const isThere = attempts[0]!.fate === "acknowledged" && ended === "no";
  return { life, isThere, isGone: ended === "acknowledged", removals, acknowledged, seen };
}

/** What was lost since, and can never show in the store, may be in a backup that was begun before. */
function asOfThen(life: Life): Life {
  const attempts = life.attempts.map(
    (attempt): Attempt => (attempt.fate === "refused" ? { ...attempt, fate: "unknown" } : attempt),
  );
  return { ...life, attempts, seen: "" };
}

function judgeKnown({ life: { path }, isGone, acknowledged, seen }: Before, content: string): void {
  law(!isGone, () => `a backup has ${path}, whose deletion was acknowledged before it began`);
  law(content.startsWith(seen), () => `a backup lacks bytes of ${path} that a reader had seen`);
  for (const { token, end } of acknowledged) {
    const isThere = content.slice(end! - token.length, end) === token;
    law(isThere, () => `a backup lacks ${token} of ${path}, which was acknowledged before it began`);
  }
}

type Media = ReturnType<SimulatedMachine["copy"]>;

function machineOf(media: Media, random: Random): SimulatedMachine {
  const machine = new SimulatedMachine(random);
  machine.restore(media);
  return machine;
}

/** The machine on which a server finds a data directory. */
function storeOf({ files }: Media, random: Random): SimulatedMachine {
  const logFiles = [...files].filter(([name]) => name.startsWith("log/"));
  const kept: [string, string][] = JSON.parse(Buffer.from(files.get(ARCHIVE)!).toString());
  return machineOf(
    {
      files: new Map(logFiles.map(([name, content]) => [name.slice("log/".length), content])),
      entries: new Map(kept.map(([key, value]) => [key, Buffer.from(value, "base64")])),
    },
    random,
  );
}

/** What LMDB does by itself: the archive is in a file. */
async function keepArchive(machine: SimulatedMachine, disk: Disk): Promise<void> {
  const entries = [...machine.copy().entries].map(([key, value]) => [
    key,
    Buffer.from(value).toString("base64"),
  ]);
  if ((await disk.list()).includes(ARCHIVE)) await disk.remove(ARCHIVE);
  const file = await disk.open(ARCHIVE, true);
  await file.write([Buffer.from(JSON.stringify(entries))], 0);
  await disk.flushDirectory();
}

/** A data directory on a flat disk. */
function within(disk: Disk): DirectoryDisks {
  const own = (name: string) => `log/${name}`;
  const log: Disk = {
    list: async () =>
      (await disk.list()).filter((name) => name.startsWith("log/")).map((name) => name.slice("log/".length)),
    open: (name, flushing) => disk.open(own(name), flushing),
    openToRead: (name) => disk.openToRead(own(name)),
    rename: (from, to) => disk.rename(own(from), own(to)),
    remove: (name) => disk.remove(own(name)),
    flushDirectory: () => disk.flushDirectory(),
  };
  const list = async () => (await disk.list()).filter((name) => !name.startsWith("log/"));
  return { top: { ...disk, list }, log };
}

/** Lets machines work until something is done. */
export async function drive<Result>(
  machine: SimulatedMachine,
  promise: Promise<Result>,
  other?: SimulatedMachine,
): Promise<Result> {
  let settled = false;
  const done = promise.finally(() => {
    settled = true;
  });
  done.catch(() => {});
  for (let idle = 0; !settled; ) {
    const worked = machine.step() || other?.step() === true;
    idle = worked ? 0 : idle + 1;
    law(idle < 100, () => "the log waits for something that never comes");
    await settle();
  }
  return done;
}

/** Lets everything happen that does not wait for a machine. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
