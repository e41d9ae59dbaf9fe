/** Responses that nobody fetches any more although they have not ended: the process that did is gone. They are ended here. */
import type { Description } from "../core/stored-type.ts";
import type { Lease } from "./lease.ts";
import type { ProxyLogger } from "./logger.ts";
import type { Records } from "./records.ts";
import type { Running } from "./running.ts";

/** What this works with. */
export interface OrphanDeps {
  readonly records: Records;
  readonly running: Running;
  readonly lease: Lease;
  readonly logger: ProxyLogger;
}

export class Orphans {
  readonly #deps: OrphanDeps;
  /** Responses with readers here that another process fetches, and how many readers each has. */
  readonly #watched = new Map<string, { readonly description: Description; readers: number }>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(deps: OrphanDeps) {
    this.#deps = deps;
  }

  /** Ends an open response if nobody fetches it. Says whether it has ended: it may just have done so by itself. Rejects when that cannot be known. */
  async endIfOrphan(id: string, description: Description): Promise<boolean> {
    if (!(await this.#isOrphan(id, description))) return false;
    const { records, logger } = this.#deps;
    if (await records.settle(id, "interrupted"))
      logger.warn({ streamId: id }, "a response was left by the process that fetched it, and is ended");
    return true;
  }

  /** Looks after a response for as long as a reader waits for its end. @returns ends that */
  watch(id: string, description: Description): () => void {
    const watched = this.#watched.get(id) ?? { description, readers: 0 };
    watched.readers += 1;
    this.#watched.set(id, watched);
    this.#timer ??= setInterval(() => this.#look(), this.#deps.lease.beatMs);
    (this.#timer as { unref?: () => void }).unref?.();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      watched.readers -= 1;
      if (watched.readers === 0 && this.#watched.get(id) === watched) this.#watched.delete(id);
      if (this.#watched.size === 0) this.stop();
    };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const [id, { description }] of this.#watched)
      this.endIfOrphan(id, description).catch((error: Error) =>
        this.#deps.logger.warn(
          { streamId: id, reason: error.message },
          "a response could not be looked after",
        ),
      );
  }

  async #isOrphan(id: string, { instance }: Description): Promise<boolean> {
    const { running, lease } = this.#deps;
    if (instance === undefined || running.has(id)) return false;
    return instance === lease.instance || !(await lease.isAlive(instance));
  }
}
