/**
 * The archive's store with a seal on every entry: the CRC-32 of key and value, behind the value. Whatever the disk
 * gives back that was not written there, or was written elsewhere, is noticed where it is read.
 *
 * A chunk that was found intact is not looked at again for some seconds. It is in the system's memory then, as a rule,
 * and not read from the disk; and a stream that many read would otherwise cost a sixth more.
 */
import { crc32 } from "node:zlib";
import { unlessDamaged } from "../../contract/errors.ts";
import { DamagedData } from "../../contract/index.ts";
import { Arena } from "../codec/arena.ts";
import { crc32 as crc32OfView } from "../codec/crc32.ts";
import type { ArchiveStore, Change, Entry } from "./archive-store.ts";
import { describeKey, isChunkKey, successor } from "./keys.ts";
import { VerifiedChunks } from "./verified-chunks.ts";

const SEAL_BYTES = 4;

/** Hears of an entry that is damaged, each time it is met. */
export type OnDamage = (damage: DamagedData) => void;

/** The value of a sealed entry, not copied; undefined when it is not the one that was written under this key. */
export function unsealed(key: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const length = sealed.length - SEAL_BYTES;
  if (length < 0) return undefined;
  const value = sealed.subarray(0, length);
  const seal = new DataView(sealed.buffer, sealed.byteOffset + length, SEAL_BYTES).getUint32(0, true);
  return crc32(value, crc32(key)) === seal ? value : undefined;
}

/** What is wrong with an entry whose seal is broken. */
export function damageOf(key: Uint8Array): DamagedData {
  return new DamagedData(`${describeKey(key)} is damaged: the archive holds other bytes than were written`);
}

export class SealedStore implements ArchiveStore {
  readonly #store: ArchiveStore;
  readonly #onDamage: OnDamage;
  readonly #verified: VerifiedChunks;
  readonly #arena = new Arena();

  /** @param now milliseconds of a clock that never goes back */
  constructor(store: ArchiveStore, onDamage: OnDamage, now: () => number) {
    this.#store = store;
    this.#onDamage = onDamage;
    this.#verified = new VerifiedChunks(now);
  }

  /** @throws DamagedData */
  get(key: Uint8Array): Uint8Array | undefined {
    const sealed = this.#read(() => this.#store.get(key));
    return sealed === undefined ? undefined : this.#unseal(key, sealed);
  }

  /** @throws DamagedData */
  last(from: Uint8Array, to: Uint8Array): Entry | undefined {
    const entry = this.#read(() => this.#store.last(from, to));
    if (entry === undefined) return undefined;
    return { key: entry.key, value: this.#unseal(entry.key, entry.value) };
  }

  /** Leaves out what is damaged, after it was told. */
  entries(from: Uint8Array, to: Uint8Array, limit: number): Entry[] {
    const intact: Entry[] = [];
    for (let at = from; intact.length < limit; ) {
      const entries = this.#read(() => this.#store.entries(at, to, limit - intact.length));
      for (const { key, value: sealed } of entries) {
        const value = unsealed(key, sealed);
        if (value === undefined) this.#onDamage(damageOf(key));
        else intact.push({ key, value });
      }
      const last = entries.at(-1);
      if (last === undefined) break;
      at = successor(last.key);
    }
    return intact;
  }

  /** Keys alone are not sealed. */
  keys(from: Uint8Array, to: Uint8Array, limit: number): Uint8Array[] {
    return this.#read(() => this.#store.keys(from, to, limit));
  }

  /** What the store itself finds damaged is told, too. */
  #read<Found>(read: () => Found): Found {
    try {
      return read();
    } catch (error) {
      if (error instanceof DamagedData) this.#onDamage(error);
      throw error;
    }
  }

  #unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
    const isChunk = isChunkKey(key) && sealed.length >= SEAL_BYTES;
    if (isChunk && this.#verified.has(key)) return sealed.subarray(0, sealed.length - SEAL_BYTES);
    const value = unsealed(key, sealed);
    if (value === undefined) {
      const damage = damageOf(key);
      this.#onDamage(damage);
      throw damage;
    }
    if (isChunk) this.#verified.add(key);
    return value;
  }

  async write(changes: readonly Change[]): Promise<void> {
    this.#arena.reset();
    await this.#store.write(changes.map((change) => this.#sealed(change)));
  }

  #sealed({ key, value }: Change): Change {
    if (value === undefined) return { key, value };
    // The key before it, so that one sum does for both.
    const size = key.length + value.length + SEAL_BYTES;
    const { bytes, view } = this.#arena.reserve(size);
    const { at } = this.#arena;
    const end = at + key.length + value.length;
    bytes.set(key, at);
    bytes.set(value, at + key.length);
    view.setUint32(end, crc32OfView(view, at, end), true);
    return { key, value: this.#arena.take(size).subarray(key.length) };
  }

  room(): number {
    return this.#store.room();
  }

  spaceOnDisk(): number {
    return this.#store.spaceOnDisk();
  }

  isInPlace(): Promise<boolean> {
    return this.#store.isInPlace();
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

/** A sealed store in which what is damaged counts as missing. */
export class LenientStore extends SealedStore {
  override get(key: Uint8Array): Uint8Array | undefined {
    return unlessDamaged(() => super.get(key));
  }

  override last(from: Uint8Array, to: Uint8Array): Entry | undefined {
    return unlessDamaged(() => super.last(from, to));
  }
}
