/**
 * Looks for expired streams and for streams that need not stay in memory. Expiry is exact without it, since every access
 * checks; the sweep gives the space back. It ends all that has expired, however much that is, in steps that give way to
 * other work.
 */
import type { Stream } from "../catalog/stream.ts";
import { unlessDamaged } from "../journal/contract/errors.ts";
import type { DuePlace } from "../journal/contract/index.ts";
import { isHeavy } from "../stream/weight.ts";
import type { Shard } from "./shard.ts";

/** Streams looked at per step: some hundred microseconds. */
const STEP = 50;

export class Sweeper {
  readonly #shard: Shard;
  #timer: NodeJS.Timeout | undefined;
  #isSweeping = false;

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  /** @param intervalMs time between sweeps, milliseconds */
  start(intervalMs: number): void {
    this.#timer = setInterval(() => this.sweep(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Ends what has expired, in memory and in the archive, and drops what is idle if there is too much: a first step of it now. */
  sweep(): void {
    this.#shard.clockWatch.look();
    this.#shard.trim();
    if (this.#isSweeping) return;
    const steps = this.#steps();
    if (steps.next().done) return;
    this.#isSweeping = true;
    void this.#shard.turns.run(steps).finally(() => {
      this.#isSweeping = false;
    });
  }

  *#steps(): Generator<void> {
    let looked = 0;
    for (const stream of this.#due()) {
      if (!this.#expire(stream)) return;
      if (++looked % STEP === 0 || (stream !== undefined && isHeavy(stream.state))) yield;
    }
  }

  /** False: the log takes nothing more for now. What is left is looked at in the next sweep. */
  #expire(stream: Stream | undefined): boolean {
    const { log } = this.#shard;
    if (log.health() !== "ok") return false;
    const isDue = stream?.state.life === "live" && this.#shard.clockWatch.isExpired(stream);
    if (isDue) unlessDamaged(() => this.#shard.expire(stream));
    const room = isDue ? log.admit(0) : undefined;
    room?.then(() => this.#timer !== undefined && this.sweep());
    return room === undefined;
  }

  *#due(): Generator<Stream | undefined> {
    const { catalog, log, clockWatch } = this.#shard;
    const now = this.#shard.now();
    yield* catalog.deadlines.due(now, (stream) => clockWatch.heldMs(stream.lastUse));
    // The archive looks at no uses: while expiry is held back, what was used since waits with the rest.
    const archiveNow = now - clockWatch.mostHeldMs();
    for (let after: DuePlace | undefined; log.archive !== undefined; ) {
      const { archive } = log;
      const from = after;
      const page = unlessDamaged(() => archive.due(archiveNow, STEP, from));
      if (page === undefined) return;
      // Those in memory have had their turn.
      // One that is damaged, or whose source is, stays: the log has told of it.
      for (const id of page.ids)
        yield catalog.isLoaded(id) ? undefined : unlessDamaged(() => catalog.find(id));
      if (page.next === undefined) return;
      after = page.next;
      yield undefined;
    }
  }
}
