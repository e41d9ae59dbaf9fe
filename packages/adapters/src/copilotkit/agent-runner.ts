import { isMissing, readGeneration, requestStop } from "@perennial/ai";
import type { StreamsPlace } from "../streams/place.ts";
import { EventLog } from "./event-log.ts";
import { aguiFormat, isEvent } from "./format.ts";
import { carryOut } from "./run.ts";
import { closed, type StoredRun, Threads } from "./threads.ts";
import type { AguiEvent, ObservableClass, Observer, RunRequest } from "./types.ts";

/** Options of `DurableAgentRunner`. */
export interface AgentRunnerOptions<Observable> extends StreamsPlace {
  /** `Observable<BaseEvent>` of RxJS. */
  readonly Observable: ObservableClass<Observable>;
  /** How long a thread is kept after its last use, in seconds. Default: for ever. */
  readonly ttlSeconds?: number | undefined;
  /** The longest silence after which readers take a process for dead, in ms. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /** Told of what goes wrong beside a run. Default `console.warn`. */
  readonly onWarning?: ((error: unknown) => void) | undefined;
}

/** The events of a run are in its thread once it is over. Until then, and for whoever is in the middle: a day. */
const RUN_SECONDS = 86_400;
/** How often a run that has begun and has no stream yet is looked for, and how long, ms. */
const LOOK_MS = 50;
const LOOKS_MAX = 40;
/** Runs that are remembered as asked to stop. */
const ASKED_MAX = 1_000;

/**
 * The `AgentRunner` of CopilotKit on durable streams: a thread has its history, its run and its stop in every process.
 *
 * @example
 * ```ts
 * import { DurableAgentRunner } from "@perennial/adapters/copilotkit";
 * import { Observable } from "rxjs";
 * const runner = new DurableAgentRunner({
 *   streamsUrl: "http://localhost:4437/v1/stream/copilot",
 *   Observable, // in TypeScript Observable<BaseEvent>
 * });
 * // new CopilotRuntime({ agents, runner })
 * ```
 */
export class DurableAgentRunner<Observable> {
  readonly #options: AgentRunnerOptions<Observable>;
  readonly #threads: Threads;
  readonly #onWarning: (error: unknown) => void;
  /** Threads with a run of this process. */
  readonly #own = new Set<string>();
  /** Runs that were asked to stop by this process, while they are under way. */
  readonly #asked = new Set<string>();

  constructor(options: AgentRunnerOptions<Observable>) {
    this.#options = options;
    this.#onWarning = options.onWarning ?? console.warn;
    this.#threads = new Threads(options, options.ttlSeconds, this.#onWarning);
  }

  /**
   * Runs an agent on a thread, at once and once, whoever observes it.
   *
   * @throws Error when this process runs the thread; when another one does, the Observable fails likewise
   */
  run(request: RunRequest): Observable {
    const { threadId } = request;
    if (this.#own.has(threadId)) throw new Error("Thread already running");
    this.#own.add(threadId);
    const log = new EventLog();
    this.#run(request, log)
      .finally(() => this.#own.delete(threadId))
      .then(
        () => log.end({ kind: "complete" }),
        (error: unknown) => log.end({ kind: "failed", error }),
      );
    return this.#observable((observer) => log.observe(observer));
  }

  /** All events of a thread, of runs that are over and of the one under way, to its end. */
  connect({ threadId }: { readonly threadId: string }): Observable {
    return this.#observable((observer) => {
      const gone = new AbortController();
      this.#follow(threadId, observer, gone.signal).then(
        () => observer.complete(),
        (error: unknown) => {
          if (!gone.signal.aborted) observer.error(error);
        },
      );
      return () => gone.abort();
    });
  }

  /** Whether an agent runs on a thread, in any process. */
  async isRunning({ threadId }: { readonly threadId: string }): Promise<boolean> {
    const [running] = (await this.#threads.view(threadId))?.running ?? [];
    if (running !== undefined && !this.#own.has(threadId)) this.#threads.watch(threadId, running.id);
    return running !== undefined;
  }

  /** Asks the run of a thread to stop, in whichever process it is. @returns whether there is one, and it was not asked before */
  async stop({ threadId, runId }: { readonly threadId: string; readonly runId?: string | undefined }) {
    const [running] = (await this.#threads.view(threadId))?.running ?? [];
    if (running === undefined || (runId !== undefined && runId !== running.id)) return false;
    if (this.#asked.has(running.id)) return false;
    remember(this.#asked, running.id);
    for (let look = 0; look < LOOKS_MAX; look++) {
      const { kind } = await requestStop(this.#threads.run(threadId, running.id));
      if (kind === "asked") return true;
      if (kind === "ended") break;
      // It has just begun, and hears nobody yet.
      await pause(LOOK_MS);
    }
    this.#asked.delete(running.id);
    return false;
  }

  #observable(observe: (observer: Observer) => () => void): Observable {
    return new this.#options.Observable(observe);
  }

  async #run(request: RunRequest, log: EventLog): Promise<void> {
    const { leaseMs } = this.#options;
    const { threadId } = request;
    const runId: string = request.input?.runId ?? crypto.randomUUID();
    const before = await this.#threads.begin(threadId, runId);
    const target = this.#threads.run(threadId, runId);
    let events: readonly AguiEvent[];
    try {
      events = await carryOut({
        ...{ request, target, log, leaseMs, known: messageIds(before) },
        ...{ ttlSeconds: RUN_SECONDS, onWarning: this.#onWarning },
      });
    } catch (error) {
      // What can still be told of it is told by whoever looks.
      this.#threads.watch(threadId, runId);
      throw error;
    }
    this.#asked.delete(runId);
    await this.#threads.end(threadId, runId, events);
  }

  async #follow(threadId: string, observer: Observer, signal: AbortSignal): Promise<void> {
    for (let look = 0; look < LOOKS_MAX; look++) {
      const view = await this.#threads.view(threadId);
      const [running] = view?.running ?? [];
      const batches = running && (await this.#read(threadId, running.id, signal));
      if (running !== undefined && batches === undefined) {
        await pause(LOOK_MS);
        continue;
      }
      for (const { events } of view?.messages ?? []) for (const event of events) observer.next(event);
      if (running === undefined || batches === undefined) return;
      if (!this.#own.has(threadId)) this.#threads.watch(threadId, running.id);
      const seen: AguiEvent[] = [];
      const reader = batches.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        const { chunks, vanished } = next.value;
        const events = vanished ? closed(seen).slice(seen.length) : chunks.filter(isEvent);
        for (const event of events) observer.next(event);
        seen.push(...events);
      }
      return;
    }
  }

  /** Reads a run; undefined if it has no stream yet. */
  async #read(threadId: string, runId: string, signal: AbortSignal) {
    try {
      return await readGeneration({ target: this.#threads.run(threadId, runId), format: aguiFormat, signal });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

/** Adds to a set that must not grow for ever: the oldest goes. */
function remember(set: Set<string>, value: string): void {
  set.add(value);
  const [oldest] = set;
  if (set.size > ASKED_MAX && oldest !== undefined) set.delete(oldest);
}

/** The ids of all messages that runs brought or were given. */
function messageIds(runs: readonly StoredRun[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { events } of runs)
    for (const { type, messageId, input } of events) {
      if (typeof messageId === "string") ids.add(messageId);
      if (type === "RUN_STARTED")
        for (const message of asArray(input?.messages)) if (message) ids.add(message.id);
    }
  return ids;
}

function asArray(value: unknown): readonly ({ readonly id: string } | null)[] {
  return Array.isArray(value) ? value : [];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
