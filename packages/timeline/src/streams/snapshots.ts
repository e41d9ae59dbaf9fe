import { DurableStream, FetchError, stream } from "@perennial/client";
import type { SnapshotSource } from "../playback/playback.ts";
import { gunzip, gzip } from "./gzip.ts";
import { FRAMES_TYPE, isMissing, isTimelineName, type TimelinePlace, timelineUrl } from "./place.ts";
import { appendEntry, followSide, isEntry, type SideEntry } from "./side.ts";

/** That there is a snapshot of a moment, and whose: a fork also has those of what it was forked from. */
export interface SnapshotEntry extends SideEntry {
  /** The timeline below which its stream lies. */
  readonly of: string;
}

/** Limits for what is read, which may be anybody's, and for what is published. */
export interface SnapshotLimits {
  /** How long a published state is kept after its last use, in seconds. Default: for ever. */
  readonly ttlSeconds?: number | undefined;
  /** The most bytes of a state, unpacked. Packed it may have as many. Default 64 MiB. */
  readonly maxBytes?: number | undefined;
}

const MAX_STATE_BYTES = 64 * 1_024 * 1_024;

/**
 * States of a machine along a timeline: each is a stream of its own, packed and closed, and a stream of entries says which there
 * are.
 */
export class Snapshots implements SnapshotSource {
  readonly #place: TimelinePlace;
  readonly #name: string;
  readonly #maxBytes: number;
  readonly #ttlSeconds: number | undefined;
  readonly #entries = new Map<number, string>();

  constructor(place: TimelinePlace, name: string, limits: SnapshotLimits = {}) {
    this.#place = place;
    this.#name = name;
    this.#maxBytes = limits.maxBytes ?? MAX_STATE_BYTES;
    this.#ttlSeconds = limits.ttlSeconds;
  }

  /** The moments of which there are snapshots, in no order. */
  get ticks(): readonly number[] {
    return [...this.#entries.keys()];
  }

  /**
   * Stores a state. Whoever finds its entry finds it whole.
   *
   * @throws FetchError, or the error of `fetch` after half a minute: there is no entry then, and it may be tried again
   */
  async publish(tick: number, state: Uint8Array<ArrayBuffer>): Promise<void> {
    const { headers, fetch } = this.#place;
    try {
      await DurableStream.create({
        ...{
          url: this.#urlOf(this.#name, tick),
          headers,
          fetch,
          contentType: FRAMES_TYPE,
          warnOnHttp: false,
        },
        ...{
          body: await gzip(state),
          closed: true,
          ttlSeconds: this.#ttlSeconds,
          signal: AbortSignal.timeout(30_000),
        },
      });
    } catch (error) {
      // It was stored before, without its entry: states of one moment are as good as each other.
      if (!(error instanceof FetchError) || error.status !== 409) throw error;
    }
    const entry: SnapshotEntry = { tick, of: this.#name };
    await appendEntry(this.#place, this.#name, "snapshots", entry);
    this.#entries.set(tick, this.#name);
  }

  /** Reads which there are; with `live` also those to come, until the signal is aborted. */
  follow(options: { readonly signal: AbortSignal; readonly live: boolean }): Promise<void> {
    const onEntry = ({ tick, of }: SnapshotEntry): void => void this.#entries.set(tick, of);
    return followSide(this.#place, this.#name, "snapshots", snapshotEntry, { ...options, onEntry });
  }

  latestUpTo(tick: number): number | undefined {
    let latest: number | undefined;
    for (const known of this.#entries.keys()) if (known <= tick && known > (latest ?? -1)) latest = known;
    return latest;
  }

  /** A state; undefined if there is none, it is not packed as it should be, or larger than it may be. @throws what `fetch` throws */
  async load(tick: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const of = this.#entries.get(tick);
    if (of === undefined) return undefined;
    const packed = await this.#read(this.#urlOf(of, tick));
    return packed && gunzip(packed, this.#maxBytes);
  }

  #urlOf(name: string, tick: number): string {
    return timelineUrl(this.#place, name, "snapshots", String(tick));
  }

  async #read(url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { headers, fetch } = this.#place;
    const parts: Uint8Array[] = [];
    let length = 0;
    try {
      const response = await stream({ url, headers, fetch, live: false, warnOnHttp: false });
      for await (const part of response.bodyStream()) {
        length += part.length;
        if (length > this.#maxBytes) return undefined;
        parts.push(part);
      }
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  }
}

function snapshotEntry(value: unknown): SnapshotEntry | undefined {
  return isEntry(value) && isTimelineName(value.of) ? { tick: value.tick, of: value.of } : undefined;
}
