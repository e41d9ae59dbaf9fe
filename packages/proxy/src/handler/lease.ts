/**
 * The sign that this process lives: a stream whose time to live is short and which it keeps using. When the process is gone the
 * server below lets it expire, by its own clock, and others know. What is asked of this process by others stands in it.
 */
import { HEADER } from "@perennial/protocol";
import { type Backend, discard } from "./backend.ts";
import type { ProxyLogger } from "./logger.ts";

/** How often it is renewed within its time to live. */
const RENEWALS = 3;
const JSON_TYPE = "application/json";
/** For how long an answer about another process is believed, ms. */
const BELIEVED_MS = 500;
const REMEMBERED = 1_000;

export class Lease {
  readonly instance = crypto.randomUUID();
  readonly #backend: Backend;
  readonly #seconds: number;
  readonly #logger: ProxyLogger;
  readonly #onAbort: (id: string) => void;
  #held: Promise<void> | undefined;
  #holders = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #offset = "-1";
  readonly #others = new Map<string, { readonly isAlive: Promise<boolean>; readonly until: number }>();

  /** @param onAbort called with the id of a response that somebody wants to end */
  constructor(backend: Backend, seconds: number, logger: ProxyLogger, onAbort: (id: string) => void) {
    this.#backend = backend;
    this.#seconds = seconds;
    this.#logger = logger;
    this.#onAbort = onAbort;
  }

  /** Ms between two looks at whether others live, or are asked something. */
  get beatMs(): number {
    return Math.ceil((this.#seconds * 1000) / RENEWALS);
  }

  /**
   * Resolves once others can see that this process lives, which is then so until as many `drop`s. Rejects when it cannot be
   * written; there is then nothing to drop.
   */
  async hold(): Promise<void> {
    this.#holders += 1;
    this.#held ??= this.#begin();
    try {
      await this.#held;
    } catch (error) {
      this.drop();
      throw error;
    }
  }

  /** After the last one, nothing is fetched here, and the lease may lapse. */
  drop(): void {
    this.#holders -= 1;
    if (this.#holders > 0) return;
    clearInterval(this.#timer);
    this.#held = undefined;
  }

  /** Whether another process lives. Rejects when that cannot be known. */
  async isAlive(instance: string): Promise<boolean> {
    const now = performance.now();
    const known = this.#others.get(instance);
    if (known !== undefined && known.until > now) return known.isAlive;
    if (this.#others.size >= REMEMBERED) this.#others.clear();
    const asked = this.#backend.send("HEAD", this.#backend.instance(instance)).then(discard);
    const isAlive = asked.then(({ ok, status }) => {
      if (!ok && status !== 404 && status !== 410) throw new Error(`a lease cannot be read: ${status}`);
      return ok;
    });
    this.#others.set(instance, { isAlive, until: now + BELIEVED_MS });
    return isAlive;
  }

  /** Asks another process to end a response. Rejects when it cannot be told. */
  async askToAbort(instance: string, id: string): Promise<void> {
    const headers = { [HEADER.contentType]: JSON_TYPE };
    const body = JSON.stringify({ abort: id });
    await discard(await this.#backend.send("POST", this.#backend.instance(instance), { headers, body }));
  }

  async #begin(): Promise<void> {
    await this.#create();
    if (this.#holders === 0) return;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      this.#renew().catch((error: Error) =>
        this.#logger.warn({ reason: error.message }, "the lease of this process could not be renewed"),
      );
    }, this.beatMs);
    (this.#timer as { unref?: () => void }).unref?.();
  }

  async #create(): Promise<void> {
    const headers = { [HEADER.contentType]: JSON_TYPE, [HEADER.streamTtl]: String(this.#seconds) };
    const url = this.#backend.instance(this.instance);
    const { ok, status } = await discard(await this.#backend.send("PUT", url, { headers }));
    if (!ok) throw new Error(`a lease cannot be written: ${status}`);
  }

  /** Reads what is asked; a read renews the time to live. */
  async #renew(): Promise<void> {
    const url = `${this.#backend.instance(this.instance)}?offset=${encodeURIComponent(this.#offset)}`;
    const response = await this.#backend.send("GET", url, { timeoutMs: this.beatMs });
    if (response.status === 404 || response.status === 410) {
      await discard(response);
      this.#offset = "-1";
      return this.#create();
    }
    const text = await response.text();
    if (!response.ok) throw new Error(`it cannot be read: ${response.status}`);
    this.#offset = response.headers.get(HEADER.streamNextOffset) ?? this.#offset;
    for (const { abort } of JSON.parse(text || "[]") as { readonly abort?: unknown }[])
      if (typeof abort === "string") this.#onAbort(abort);
  }
}
