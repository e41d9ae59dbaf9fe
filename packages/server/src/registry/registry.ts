/**
 * The registry: a stream that says which streams there are (docs/extensions.md). It is written behind what happens, as by any client, and
 * brought in line with the streams that there are at the start. What is not written yet is bounded: too much of it is
 * dropped, and found again in the same way.
 */
import { StreamRefused } from "../shard/json-stream.ts";
import type { LifeListener, StreamLife } from "../shard/lives.ts";
import type { AllStreams } from "../shard/streams.ts";
import type { Logger } from "../telemetry/logger.ts";
import { EventQueue } from "./event-queue.ts";
import { deleteEvent, insertEvent } from "./events.ts";
import { reconcile } from "./reconcile.ts";
import { REGISTRY_NAME, RegistryStream, ROOT } from "./registry-stream.ts";

/** Events written at once. */
const BATCH = 200;

/** How long after a failure it is tried again, milliseconds. */
const RETRY_MS = 1000;

/** Bounds, for tests to be short. */
export interface RegistryLimits {
  /** Events that wait to be written. */
  readonly queued: number;
  /** A registry shorter than this is never made anew, bytes. */
  readonly leastBytes: number;
  /** It is made anew once it is this many times as long as it needs to be. */
  readonly excess: number;
}

const LIMITS: RegistryLimits = { queued: 10_000, leastBytes: 4 * 1024 * 1024, excess: 4 };

export class Registry implements LifeListener {
  readonly #streams: AllStreams;
  readonly #stream: RegistryStream;
  readonly #logger: Logger;
  readonly #limits: RegistryLimits;
  readonly #queue: EventQueue;
  #isWatching = false;
  /** It may say something else than what is. */
  #isStale = true;
  /** How long it may become before that is looked at. */
  #enoughBytes: number;
  #writtenBytes = 0;
  #running: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isStopped = false;
  #lastFault = "";

  constructor(streams: AllStreams, logger: Logger, limits = LIMITS) {
    this.#streams = streams;
    this.#stream = new RegistryStream(streams.for(ROOT + REGISTRY_NAME));
    this.#logger = logger;
    this.#limits = limits;
    this.#queue = new EventQueue(limits.queued);
    this.#enoughBytes = limits.leastBytes;
  }

  start(): void {
    this.#wake();
  }

  /** Writes what is queued, and nothing after that. */
  async stop(): Promise<void> {
    clearTimeout(this.#retry);
    this.#isStopped = true;
    await this.#running;
  }

  onCreated(life: StreamLife): void {
    const name = life.path.slice(ROOT.length);
    if (name !== REGISTRY_NAME) this.#note(name, insertEvent(name, life));
  }

  onRemoved(path: string): void {
    const name = path.slice(ROOT.length);
    // Whoever deletes it gets it back with the next event, whole.
    if (name !== REGISTRY_NAME) this.#note(name, deleteEvent(name));
    else this.#isStale = true;
  }

  onMissed(): void {
    this.#isStale = true;
    this.#wake();
  }

  #note(name: string, event: string): void {
    if (!this.#queue.add(name, event)) this.#isStale = true;
    this.#wake();
  }

  #wake(): void {
    if (this.#isStopped || this.#running !== undefined || this.#retry !== undefined) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      // Told of between the last look and now.
      if (this.#isStale || !this.#queue.isEmpty) this.#wake();
    });
  }

  async #run(): Promise<void> {
    try {
      if (!this.#isWatching) await this.#streams.watch(this);
      this.#isWatching = true;
      while (!this.#queue.isEmpty || (this.#isStale && !this.#isStopped)) {
        if (this.#isStale) await this.#reconcile();
        else await this.#writeSome();
      }
      this.#lastFault = "";
    } catch (error) {
      this.#failed(error);
    }
  }

  async #writeSome(): Promise<void> {
    const events = this.#queue.take(BATCH);
    await this.#stream.append(events);
    this.#writtenBytes += events.reduce((sum, event) => sum + event.length + 1, 0);
    if (this.#writtenBytes > this.#enoughBytes) this.#isStale = true;
  }

  async #reconcile(): Promise<void> {
    const isNew = await this.#stream.create();
    // From here on: what is told of is either still to be looked at, or comes after the look.
    this.#isStale = false;
    this.#queue.clear();
    const needed = await reconcile(this.#streams, this.#stream, this.#queue);
    const { excess, leastBytes } = this.#limits;
    this.#enoughBytes = Math.max(leastBytes, needed * excess);
    this.#writtenBytes = await this.#stream.byteLength();
    if (isNew || this.#writtenBytes <= this.#enoughBytes) return;
    await this.#stream.remove();
    this.#isStale = true;
  }

  #failed(error: unknown): void {
    this.#isStale = true;
    const fault = error instanceof StreamRefused ? error.rejection.kind : String(error);
    if (fault !== this.#lastFault) this.#logger.warn({ err: error }, UNWRITTEN);
    this.#lastFault = fault;
    if (this.#isStopped) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#wake();
    }, RETRY_MS);
    this.#retry.unref();
  }
}

const UNWRITTEN =
  "the registry stream could not be written; it is tried again each second, and is then complete. Should somebody have " +
  "closed it, or made it with another content type, then delete it";
