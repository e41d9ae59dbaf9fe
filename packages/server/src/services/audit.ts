/**
 * What was done with services, and who was refused, for the operator: in two streams of the server's own, which no request can
 * name. Once one is full the other is begun anew, so the newest half at least is always there.
 */
import { JsonStream } from "../shard/json-stream.ts";
import type { AllStreams } from "../shard/streams.ts";
import { OWN_ROOT } from "../stream/paths.ts";
import type { Logger } from "../telemetry/logger.ts";
import { Refusals, type Refused } from "./refusals.ts";

/** One line of it. */
export type AuditEntry =
  /** An act of the operator, once it was durable. */
  | { readonly kind: "act"; readonly at: string; readonly action: string; readonly service: string }
  /** Requests that were refused within a minute or so, up to `at`. */
  | ({ readonly kind: "refused"; readonly at: string } & Refused);

interface AuditOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Stored bytes of each of the two streams. */
  readonly partBytes?: number;
}

const PART_BYTES = 8 * 1024 * 1024;
/** Refusals are gathered for so long, ms: a flood makes few lines. */
const GATHER_MS = 60_000;

export class Audit {
  readonly #parts: readonly [JsonStream, JsonStream];
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #partBytes: number;
  readonly #refusals = new Refusals();
  #active: 0 | 1 = 0;
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(streams: AllStreams, logger: Logger, { now, partBytes = PART_BYTES }: AuditOptions) {
    const part = (n: 0 | 1): JsonStream => {
      const path = `${OWN_ROOT}audit-${n}`;
      return new JsonStream(streams.for(path), path);
    };
    this.#parts = [part(0), part(1)];
    this.#logger = logger;
    this.#now = now;
    this.#partBytes = partBytes;
  }

  /** An act that is durable. */
  act(action: string, service: string): void {
    this.#append([{ kind: "act", at: this.#at(), action, service }]);
  }

  /** @param target as sent */
  refused(status: number, method: string, target: string): void {
    this.#refusals.note(status, method, target);
    this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS).unref();
  }

  /** The newest entries, the oldest of them first. */
  async newest(limit: number): Promise<readonly AuditEntry[]> {
    this.#flush();
    await this.#last;
    const found: AuditEntry[] = [];
    for (const part of this.#parts) {
      if (!(await part.exists())) continue;
      const own: AuditEntry[] = [];
      for await (const page of part.pages()) own.push(...(page as AuditEntry[]).slice(-limit));
      found.push(...own.slice(-limit));
    }
    return found.sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at))).slice(-limit);
  }

  /** Resolves when all is written. */
  stop(): Promise<void> {
    this.#flush();
    return this.#last;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const at = this.#at();
    this.#append(this.#refusals.take().map((refused) => ({ kind: "refused", at, ...refused })));
  }

  #append(entries: readonly AuditEntry[]): void {
    if (entries.length === 0) return;
    this.#last = this.#last
      .then(async () => {
        const part = await this.#current();
        await part.create();
        await part.append(entries.map((entry) => JSON.stringify(entry)));
      })
      .catch((error) => this.#logger.warn({ err: error }, "the audit log could not be written"));
  }

  async #current(): Promise<JsonStream> {
    if (!(await this.#isFull(this.#active))) return this.#parts[this.#active];
    this.#active = this.#active === 0 ? 1 : 0;
    const next = this.#parts[this.#active];
    if (await this.#isFull(this.#active)) await next.remove();
    return next;
  }

  async #isFull(n: 0 | 1): Promise<boolean> {
    const part = this.#parts[n];
    return (await part.exists()) && (await part.byteLength()) >= this.#partBytes;
  }

  #at(): string {
    return new Date(this.#now()).toISOString();
  }
}
