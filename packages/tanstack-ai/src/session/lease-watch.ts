import { leaseFrom, type WriterNote } from "@perennial/ai";
import { valueOfEvent, WRITER_EVENT } from "../format.ts";

/** A note of a writer in a session, which names its run. */
interface RunNote extends WriterNote {
  readonly runId: string;
}

/** Of one run: how long its writer may be silent, and when it was heard last, in ms. */
interface Lease {
  readonly leaseMs: number;
  readonly heard: number;
}

/** Keeps in mind which runs have a writer that says that it lives, and which of these writers are late. */
export class LeaseWatch {
  readonly #leases = new Map<string, Lease>();

  /** Takes a note. Returns whether the chunk was one. */
  take(chunk: unknown, now: number): boolean {
    const note = valueOfEvent(chunk, WRITER_EVENT) as Partial<RunNote> | undefined;
    if (typeof note?.leaseMs !== "number") return false;
    const leaseMs = leaseFrom(note.leaseMs);
    if (typeof note.runId === "string" && leaseMs !== undefined)
      this.#leases.set(note.runId, { leaseMs, heard: now });
    return true;
  }

  /** Forgets the runs that are not under way. */
  keep(runIds: readonly string[]): void {
    for (const id of this.#leases.keys()) if (!runIds.includes(id)) this.#leases.delete(id);
  }

  /** In how many ms the next writer is late; undefined if none can be. */
  due(now: number): number | undefined {
    if (this.#leases.size === 0) return undefined;
    const ends = [...this.#leases.values()].map(({ heard, leaseMs }) => heard + leaseMs);
    return Math.max(0, Math.min(...ends) - now);
  }

  /** The longest lease, in ms; undefined if there is none. */
  longest(): number | undefined {
    const leases = [...this.#leases.values()].map(({ leaseMs }) => leaseMs);
    return leases.length === 0 ? undefined : Math.max(...leases);
  }

  /** The runs whose writers are late. */
  late(now: number): readonly string[] {
    return [...this.#leases].filter(([, { heard, leaseMs }]) => now >= heard + leaseMs).map(([id]) => id);
  }

  /** These were heard of again, or their writers are known to be gone and were told of. */
  renew(runIds: readonly string[], now: number): void {
    for (const id of runIds) {
      const lease = this.#leases.get(id);
      if (lease !== undefined) this.#leases.set(id, { ...lease, heard: now });
    }
  }
}
