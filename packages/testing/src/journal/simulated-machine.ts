/**
 * A machine for tests: a disk, an archive store and a clock, all driven by hand and by a seed. Nothing completes
 * by itself: each operation waits until `step` picks it. A crash freezes the running log for ever and decides
 * what is left for the next one.
 */
import type { ArchiveStore, Change, Disk, DiskFile, Entry } from "@perennial/server/journal/local";
import type { Random } from "../random.ts";
import { type SimulatedFile, SimulatedMedia } from "./simulated-media.ts";

/** What the next writes meet. `broken`: the next one fails with EIO. */
export type Trouble = "none" | "full" | "broken";

interface Operation {
  /** Takes effect. Throws to fail. */
  readonly run: () => void;
  /** Takes effect as far as a crash in the middle lets it. */
  readonly crash: () => void;
  readonly settle: (error: Error | undefined) => void;
}

export class SimulatedMachine {
  readonly random: Random;
  readonly #media = new SimulatedMedia();
  #entries = new Map<string, Uint8Array>();
  #operations: Operation[] = [];
  #timers: (() => void)[] = [];
  /** Counts crashes; what was started before the last one is dead. */
  #boot = 0;
  trouble: Trouble = "none";
  /** A disk that says it has flushed and has not: only for proving that the simulation notices. */
  lying = false;

  /** The directory was deleted under the running log. */
  gone = false;

  constructor(random: Random) {
    this.random = random;
  }

  /** Operations and timers that wait for `step`. */
  get waiting(): number {
    return this.#operations.length + this.#timers.length;
  }

  /** Lets one operation take effect, or one timer run. Returns false when nothing waits. */
  step(): boolean {
    const timers = this.#timers.length > 0 && (this.#operations.length === 0 || this.random.chance(0.1));
    if (timers) {
      const [run] = this.#timers.splice(this.random.below(this.#timers.length), 1);
      run!();
      return true;
    }
    if (this.#operations.length === 0) return false;
    const [operation] = this.#operations.splice(this.random.below(this.#operations.length), 1);
    try {
      operation!.run();
      operation!.settle(undefined);
    } catch (error) {
      operation!.settle(error as Error);
    }
    return true;
  }

  /** The process dies; with `powerCut`, so does what was not flushed. */
  crash(powerCut: boolean): void {
    this.#boot += 1;
    this.#timers = [];
    for (const operation of this.#operations.splice(0)) operation.crash();
    if (powerCut) this.#media.afterPowerCut(this.random);
    this.trouble = "none";
  }

  /** What is on the media, for `restore`. */
  copy(): {
    readonly files: ReadonlyMap<string, Uint8Array>;
    readonly entries: ReadonlyMap<string, Uint8Array>;
  } {
    return { files: this.#media.copy(), entries: new Map(this.#entries) };
  }

  restore({ files, entries }: ReturnType<SimulatedMachine["copy"]>): void {
    this.#media.restore(files);
    this.#entries = new Map(entries);
  }

  /** Damages a file of the log while nothing runs. Tells which and how. */
  damageLog(): string {
    return this.#media.damage(this.random);
  }

  /** Flips a bit of a value in the archive while nothing runs. Tells which. */
  damageArchive(): string {
    const name = this.random.pick([...this.#entries.keys()].sort());
    const value = Uint8Array.from(this.#entries.get(name)!);
    const at = this.random.below(value.length);
    value[at]! ^= 1 << this.random.below(8);
    this.#entries.set(name, value);
    return `${Buffer.from(name, "latin1").toString("hex")} at ${at}`;
  }

  after(): (ms: number, run: () => void) => void {
    const boot = this.#boot;
    return (_ms, run) => {
      if (boot === this.#boot) this.#timers.push(run);
    };
  }

  disk(): Disk {
    const boot = this.#boot;
    const media = this.#media;
    const act = <Result>(run: () => Result): Promise<Result> => this.#enqueue(boot, run, () => {});
    const fileOf = (file: SimulatedFile, name: string, flushing: boolean): DiskFile => ({
      isInPlace: () => act(() => media.find(name) === file),
      size: () => act(() => file.size),
      read: (into, position) => act(() => file.read(into, position)),
      write: (pieces, position) => this.#write(boot, file, Buffer.concat(pieces), position, flushing),
      flush: () =>
        act(() => {
          if (this.trouble === "broken") throw this.#failure();
          if (!this.lying) file.flush();
        }),
      close: () => act(() => {}),
    });
    return {
      list: () => act(() => media.names()),
      open: (name, flushing) => act(() => fileOf(media.open(name), name, flushing)),
      openToRead: (name) => act(() => fileOf(media.existing(name), name, false)),
      rename: (from, to) => act(() => media.rename(from, to)),
      remove: (name) => act(() => media.remove(name)),
      flushDirectory: () => act(() => media.flush()),
    };
  }

  #write(
    boot: number,
    file: SimulatedFile,
    bytes: Uint8Array,
    position: number,
    flushing: boolean,
  ): Promise<void> {
    const run = () => {
      if (this.trouble === "broken" || (this.trouble === "full" && this.random.chance(0.7))) {
        file.writePartly(bytes, position, this.random);
        throw this.#failure();
      }
      file.write(bytes, position);
      if (flushing && !this.lying) file.flush();
    };
    return this.#enqueue(boot, run, () => file.writePartly(bytes, position, this.random));
  }

  #failure(): Error {
    const code = this.trouble === "full" ? "ENOSPC" : "EIO";
    if (this.trouble === "broken") this.trouble = "none";
    return Object.assign(new Error(`simulated ${code}`), { code });
  }

  #enqueue<Result>(boot: number, run: () => Result, crash: () => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (boot !== this.#boot) return;
      let result: Result;
      this.#operations.push({
        run: () => {
          result = run();
        },
        crash,
        settle: (error) => (error === undefined ? resolve(result) : reject(error)),
      });
    });
  }

  /** The archive as it is now, whatever becomes of it. */
  snapshot(): Pick<ArchiveStore, "entries" | "close"> {
    const then = new SimulatedMachine(this.random);
    then.#entries = new Map(this.#entries);
    return then.store();
  }

  /** The archive's store: transactions are atomic, and durable when they resolve. */
  store(): ArchiveStore {
    const boot = this.#boot;
    const where = (isIn: (key: Uint8Array) => boolean): Entry[] =>
      [...this.#entries]
        .map(([key, value]) => ({ key: Buffer.from(key, "latin1"), value }))
        .filter(({ key }) => isIn(key))
        .sort((left, right) => Buffer.compare(left.key, right.key));
    const between = (from: Uint8Array, to: Uint8Array): Entry[] =>
      where((key) => Buffer.compare(key, from) >= 0 && Buffer.compare(key, to) < 0);
    return {
      get: (key) => this.#entries.get(nameOf(key)),
      last: (from, to) =>
        where((key) => Buffer.compare(key, from) >= 0 && Buffer.compare(key, to) <= 0).at(-1),
      entries: (from, to, limit) => between(from, to).slice(0, limit),
      keys: (from, to, limit) =>
        between(from, to)
          .slice(0, limit)
          .map(({ key }) => key),
      write: (changes) => this.#transact(boot, changes),
      room: () => (this.trouble === "full" ? this.random.pick([0, 2000, 1_000_000]) : 1_000_000),
      spaceOnDisk: () => (this.trouble === "full" ? 0 : 1_000_000),
      isInPlace: () =>
        this.#enqueue(
          boot,
          () => !this.gone,
          () => {},
        ),
      close: () => Promise.resolve(),
    };
  }

  #transact(boot: number, changes: readonly Change[]): Promise<void> {
    const commit = () => {
      for (const { key, value } of changes) {
        if (value === undefined) this.#entries.delete(nameOf(key));
        else this.#entries.set(nameOf(key), Uint8Array.from(value));
      }
    };
    const run = () => {
      if (this.trouble === "broken" || (this.trouble === "full" && this.random.chance(0.7)))
        throw this.#failure();
      commit();
    };
    return this.#enqueue(boot, run, () => {
      if (this.random.chance(0.5)) commit();
    });
  }
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key).toString("latin1");
}
