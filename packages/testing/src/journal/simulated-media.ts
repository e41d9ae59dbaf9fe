/**
 * What is left of files after a crash. Media hold, for each file, what is durable and what was written since the
 * last flush, and decide from a seed what of the latter a crash spares:
 *
 * - Bytes are lost or kept by sector: of the writes that touched a sector since it was durable, some first few
 *   have reached it. So writes are torn and arrive in any order.
 * - A sector beyond the old end of a file may be there and hold zeros.
 * - Of the changes to the directory since it was flushed, some first few survive, as on a journaling file system.
 *
 * What is at rest may be damaged, too (`damage`): no single log can survive that, but ours must not pass over it. A
 * disk that lies about flushes proves that the simulation would notice.
 */
import type { Random } from "../random.ts";

const SECTOR_BYTES = 512;

interface PendingWrite {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/** The content of one file, whatever its name. */
export class SimulatedFile {
  /** What reads return. */
  #visible = new Uint8Array(0);
  #durable = new Uint8Array(0);
  #unflushed: PendingWrite[] = [];

  get size(): number {
    return this.#visible.length;
  }

  content(): Uint8Array {
    return this.#visible.slice();
  }

  read(into: Uint8Array, position: number): number {
    const found = this.#visible.subarray(position, position + into.length);
    into.set(found);
    return found.length;
  }

  write(bytes: Uint8Array, position: number): void {
    this.#visible = patched(this.#visible, bytes, position);
    this.#unflushed.push({ position, bytes: bytes.slice() });
  }

  flush(): void {
    this.#durable = this.#visible.slice();
    this.#unflushed = [];
  }

  /** Writes part of the bytes only, as a write that fails may. */
  writePartly(bytes: Uint8Array, position: number, random: Random): void {
    for (const { from, to } of sectorsOf(position, bytes.length)) {
      if (random.chance(0.5)) this.write(bytes.slice(from - position, to - position), from);
    }
  }

  /** The power is gone. */
  afterPowerCut(random: Random): void {
    let survived = this.#durable.slice();
    const end = Math.max(survived.length, this.#visible.length);
    for (const { from, to } of sectorsOf(0, end)) {
      const touching = this.#unflushed.filter(
        ({ position, bytes }) => position < to && position + bytes.length > from,
      );
      const reached = touching.slice(0, random.below(touching.length + 1));
      for (const { position, bytes } of reached) {
        const begin = Math.max(from, position);
        const piece = bytes.subarray(begin - position, Math.min(to, position + bytes.length) - position);
        survived = patched(survived, piece, begin);
      }
      const extends_ = touching.length > 0 && from >= this.#durable.length;
      if (extends_ && random.chance(0.2)) survived = patched(survived, new Uint8Array(to - from), from);
    }
    this.#visible = survived;
    this.flush();
  }
}

/** The directory and its files. */
export class SimulatedMedia {
  #visible = new Map<string, SimulatedFile>();
  #durable = new Map<string, SimulatedFile>();
  #unflushed: ((names: Map<string, SimulatedFile>) => void)[] = [];

  names(): string[] {
    return [...this.#visible.keys()];
  }

  /** The file of that name. */
  find(name: string): SimulatedFile | undefined {
    return this.#visible.get(name);
  }

  /** All files as they are. */
  copy(): Map<string, Uint8Array> {
    return new Map([...this.#visible].map(([name, file]) => [name, file.content()]));
  }

  /** Brings back what `copy` gave. */
  restore(files: ReadonlyMap<string, Uint8Array>): void {
    this.#visible = new Map();
    for (const [name, content] of files) this.open(name).write(content, 0);
    for (const file of this.#visible.values()) file.flush();
    this.flush();
  }

  /** A file that is at rest is damaged: it goes missing, loses its end, or one bit of it flips. Tells which and how. */
  damage(random: Random): string {
    const name = random.pick([...this.#visible.keys()].sort());
    const content = this.#visible.get(name)!.content();
    const files = this.copy();
    // An empty file has nothing to lose but its name.
    const kinds =
      content.length === 0 ? (["missing"] as const) : (["missing", "truncated", "rotten"] as const);
    const kind = random.pick(kinds);
    const at = random.below(Math.max(1, content.length));
    if (kind === "missing") files.delete(name);
    else if (kind === "truncated") files.set(name, content.slice(0, at));
    else content[at]! ^= 1 << random.below(8);
    if (kind === "rotten") files.set(name, content);
    this.restore(files);
    return `${name} ${kind} at ${at}`;
  }

  /** The file of that name, made if it does not exist. */
  open(name: string): SimulatedFile {
    const existing = this.#visible.get(name);
    if (existing !== undefined) return existing;
    const file = new SimulatedFile();
    this.#change((names) => names.set(name, file));
    return file;
  }

  /** The file of that name. @throws ENOENT */
  existing(name: string): SimulatedFile {
    const file = this.#visible.get(name);
    if (file === undefined) throw Object.assign(new Error(`no file ${name}`), { code: "ENOENT" });
    return file;
  }

  rename(from: string, to: string): void {
    const file = this.existing(from);
    this.#change((names) => {
      names.delete(from);
      names.set(to, file);
    });
  }

  remove(name: string): void {
    this.#change((names) => names.delete(name));
  }

  #change(change: (names: Map<string, SimulatedFile>) => void): void {
    change(this.#visible);
    this.#unflushed.push(change);
  }

  flush(): void {
    this.#durable = new Map(this.#visible);
    this.#unflushed = [];
  }

  /** The power is gone. When only the process dies, all that was written stays, flushed or not. */
  afterPowerCut(random: Random): void {
    const survived = new Map(this.#durable);
    for (const change of this.#unflushed.slice(0, random.below(this.#unflushed.length + 1))) change(survived);
    this.#visible = survived;
    this.flush();
    for (const file of this.#visible.values()) file.afterPowerCut(random);
  }
}

function patched(old: Uint8Array<ArrayBuffer>, bytes: Uint8Array, position: number): Uint8Array<ArrayBuffer> {
  const size = Math.max(old.length, position + bytes.length);
  const content = size === old.length ? old : new Uint8Array(size);
  if (content !== old) content.set(old);
  content.set(bytes, position);
  return content;
}

/** The sectors of `[position, position + length)`, cut to it. */
function* sectorsOf(position: number, length: number): Generator<{ from: number; to: number }> {
  const end = position + length;
  for (let from = position; from < end; ) {
    const to = Math.min(end, (Math.floor(from / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    yield { from, to };
    from = to;
  }
}
