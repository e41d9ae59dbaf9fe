import { batchesOf } from "@perennial/ai";
import { stream } from "@perennial/client";
import type { ChatActor } from "../actor.ts";
import { retryMs } from "../client/connection.ts";
import { pause, Signal } from "../client/pause.ts";
import { postJson } from "../client/send.ts";
import { BEAT_MS, PRESENCE_LEASE_MS, type PresenceNote, presenceFrom } from "../session/presence-note.ts";
import { type ChatAddress, newId, partOf } from "./address.ts";

/** Somebody who has the session open. */
export interface PresentPerson {
  readonly actor: ChatActor;
  /** On how many devices, tabs counted singly. */
  readonly devices: number;
  readonly isTyping: boolean;
  /** Whether this is whose page this is. */
  readonly isMe: boolean;
}

interface Device extends PresenceNote {
  /** When it is gone unless it says more. */
  readonly until: number;
}

/** Strangers could fill a page with devices. */
const DEVICES_MAX = 500;
const TICK_MS = 1_000;
const POST_MS_MAX = 15_000;
/** What others make this device say is said no more often. */
const SAY_MS_MIN = 500;
/** Whoever comes is answered within so many ms for each that is there, so that not all answer at once. */
const WELCOME_MS_EACH = 50;
const WELCOME_MS_MAX = 5_000;

/** Who is there: says so of this device, and listens to others. */
export class Presence {
  readonly #address: ChatAddress;
  readonly #onChange: () => void;
  readonly #device = newId();
  readonly #devices = new Map<string, Device>();
  #actor: ChatActor;
  #isTyping = false;
  #saidAt = 0;
  #heardMyselfAt = 0;
  /** The read that is under way. */
  #reading: AbortController | undefined;
  #welcome: ReturnType<typeof setTimeout> | undefined;
  #following: AbortSignal | undefined;

  constructor(address: ChatAddress, actor: ChatActor, onChange: () => void) {
    this.#address = address;
    this.#actor = actor;
    this.#onChange = onChange;
  }

  get people(): readonly PresentPerson[] {
    const people = new Map<string, PresentPerson>();
    for (const { actor, isTyping } of this.#devices.values()) {
      const { devices = 0, isTyping: typed = false } = people.get(actor.id) ?? {};
      const isMe = actor.id === this.#actor.id;
      people.set(actor.id, { actor, devices: devices + 1, isTyping: typed || isTyping, isMe });
    }
    return [...people.values()].sort((a, b) => a.actor.name.localeCompare(b.actor.name));
  }

  /** Is there until the signal is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    this.#following = signal;
    const tick = setInterval(() => this.#tick(), TICK_MS);
    const leave = () => this.#leave();
    globalThis.addEventListener?.("pagehide", leave);
    try {
      for (let failures = 0; !signal.aborted; failures++) {
        await this.#listen(signal, () => {
          failures = 0;
        });
        await pause(retryMs(failures), new Signal(), signal);
      }
    } finally {
      clearInterval(tick);
      clearTimeout(this.#welcome);
      this.#welcome = undefined;
      globalThis.removeEventListener?.("pagehide", leave);
      this.#devices.clear();
      this.#leave();
    }
  }

  /** Says that this person is typing, or is not any more. */
  setTyping(isTyping: boolean): void {
    if (this.#isTyping === isTyping) return;
    this.#isTyping = isTyping;
    this.#say({});
  }

  /** Says who this is, under another name, say. */
  setActor(actor: ChatActor): void {
    const { id, name } = this.#actor;
    if (id === actor.id && name === actor.name) return;
    if (id !== actor.id) this.#leave();
    this.#actor = actor;
    this.#say({});
  }

  async #listen(signal: AbortSignal, onOpen: () => void): Promise<void> {
    const reading = new AbortController();
    this.#reading = reading;
    const stop = () => reading.abort();
    signal.addEventListener("abort", stop);
    const { headers, fetch } = this.#address;
    try {
      const response = await stream<unknown>({
        ...{ url: partOf(this.#address, "presence"), headers: headers(), fetch, signal: reading.signal },
        ...{ offset: "now", live: "sse", json: true, visibility: false, warnOnHttp: false },
      });
      onOpen();
      this.#heardMyselfAt = performance.now();
      this.#say({ isNew: true });
      for await (const { items } of batchesOf(response)) for (const item of items) this.#hear(item);
    } catch {
      // Whoever cannot hear the others tries again.
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #hear(item: unknown): void {
    const note = presenceFrom(item);
    if (note === undefined) return;
    const key = JSON.stringify([note.actor.id, note.device]);
    const isMe = note.device === this.#device;
    if (isMe) this.#heardMyselfAt = performance.now();
    if (note.status === "offline") this.#devices.delete(key);
    else if (this.#devices.size < DEVICES_MAX || this.#devices.has(key))
      this.#devices.set(key, { ...note, until: performance.now() + note.leaseMs });
    if (note.isNew && !isMe && note.status === "online") this.#answer();
    this.#onChange();
  }

  /** Somebody has come, and knows of nobody. */
  #answer(): void {
    const spread = Math.min(WELCOME_MS_MAX, WELCOME_MS_EACH * this.#devices.size);
    this.#welcome ??= setTimeout(
      () => {
        this.#welcome = undefined;
        this.#say({});
      },
      Math.max(Math.random() * spread, this.#saidAt + SAY_MS_MIN - performance.now()),
    );
  }

  #tick(): void {
    const now = performance.now();
    const gone = [...this.#devices].filter(([, { until }]) => until <= now);
    for (const [key] of gone) this.#devices.delete(key);
    if (gone.length > 0) this.#onChange();
    // A connection that is dead, or a stream that others have left for the next day's, brings not even this.
    if (now - this.#heardMyselfAt > PRESENCE_LEASE_MS) {
      this.#heardMyselfAt = now;
      this.#reading?.abort();
    } else if (now - this.#saidAt > BEAT_MS) this.#say({});
  }

  #leave(): void {
    this.#say({ status: "offline" }, true);
  }

  #say(note: Partial<PresenceNote>, isLast = false): void {
    if (!isLast && (this.#following === undefined || this.#following.aborted)) return;
    this.#saidAt = performance.now();
    const { headers, fetch } = this.#address;
    const body: PresenceNote = {
      ...{ type: "presence", actor: this.#actor, device: this.#device, status: "online" },
      ...{ isTyping: this.#isTyping, isNew: false, leaseMs: PRESENCE_LEASE_MS, ...note },
    };
    const request = { url: partOf(this.#address, "presence"), headers: headers(), fetch, body };
    const signal = AbortSignal.timeout(POST_MS_MAX);
    // Lost, it is said again in a while.
    postJson({ ...request, keepalive: isLast, signal }).catch(() => undefined);
  }
}
