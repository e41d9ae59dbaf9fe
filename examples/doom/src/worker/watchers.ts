/** Who watches a session: each says so now and then in a stream beside it, and who was not heard for a while has gone. */
import { DurableStream } from "@perennial/client";
import { followJson, pause, type TimelinePlace } from "@perennial/timeline";

const SAY_EVERY_MS = 5_000;
/** With more watchers each says so more rarely: all read what all say. */
const CROWD = 20;
/** Streams of the present follow each other, and each is forgotten after a while. */
const SLOT_MS = 10 * 60_000;
const MAX_BYTES = 2_000_000;
const MAX_WATCHERS = 10_000;

export class Watchers {
  readonly #place: TimelinePlace;
  readonly #name: string;
  readonly #signal: AbortSignal;
  readonly #seen = new Map<string, number>();

  constructor(place: TimelinePlace, name: string, signal: AbortSignal) {
    this.#place = place;
    this.#name = name;
    this.#signal = signal;
  }

  /** How many were heard lately. */
  get count(): number {
    const oldest = performance.now() - 3 * this.#pause();
    for (const [id, at] of this.#seen) if (at < oldest) this.#seen.delete(id);
    return this.#seen.size;
  }

  /** Listens until the signal is aborted, and says that this one watches, if `isWatching`. */
  async run(isWatching: () => boolean): Promise<void> {
    const id = crypto.randomUUID().slice(0, 8);
    while (!this.#signal.aborted) {
      const slot = Math.floor(Date.now() / SLOT_MS);
      // What fails in a slot ends all that was begun for it.
      const failed = new AbortController();
      const end = AbortSignal.any([
        ...[this.#signal, failed.signal],
        AbortSignal.timeout((slot + 1) * SLOT_MS - Date.now() + 1_000),
      ]);
      // The game goes on without anybody being counted.
      await this.#during(slot, id, isWatching, end).catch(() => failed.abort());
      if (failed.signal.aborted) await pause(SAY_EVERY_MS, this.#signal);
    }
  }

  async #during(slot: number, id: string, isWatching: () => boolean, signal: AbortSignal): Promise<void> {
    const { headers, fetch } = this.#place;
    const url = `${String(this.#place.streamsUrl)}/${this.#name}/watchers/${slot}`;
    const options = { url, headers, fetch, contentType: "application/json", warnOnHttp: false, signal };
    const handle = await DurableStream.create({
      ...options,
      ttlSeconds: SLOT_MS / 1_000,
      maxBytes: MAX_BYTES,
    });
    const isHeard = followJson({ ...options, offset: "now", everyMs: () => this.#pause() }, (items) => {
      for (const item of items)
        if (typeof item === "string" && item.length === 8 && this.#seen.size < MAX_WATCHERS)
          this.#seen.set(item, performance.now());
      return true;
    });
    const isSaid = async (): Promise<void> => {
      while (!signal.aborted) {
        if (isWatching()) await handle.append(JSON.stringify(id), { signal });
        await pause(this.#pause(), signal);
      }
    };
    await Promise.all([isHeard, isSaid()]);
  }

  #pause(): number {
    return SAY_EVERY_MS * Math.max(1, this.#seen.size / CROWD);
  }
}
