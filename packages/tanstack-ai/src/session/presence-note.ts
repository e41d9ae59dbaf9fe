import { leaseFrom } from "@perennial/ai";
import { actorFrom, type ChatActor } from "../actor.ts";

/** What one device of somebody says of itself, now and then. */
export interface PresenceNote {
  readonly type: "presence";
  readonly actor: ChatActor;
  readonly device: string;
  readonly status: "online" | "offline";
  readonly isTyping: boolean;
  /** Whether it has just come, and knows of nobody: whoever is there says so again. */
  readonly isNew: boolean;
  /** For how long it is there unless it says so again, in ms. */
  readonly leaseMs: number;
}

const DEVICE_MAX = 64;
/** A device that falls silent is shown for so long at most, whatever it says, in ms. */
const LEASE_MS_MAX = 120_000;
/** How often a device says that it is there, and for how long that holds, in ms. */
export const BEAT_MS = 10_000;
export const PRESENCE_LEASE_MS = 25_000;

/** A note, out of JSON; undefined if it is none. `actor` is who wrote it, if that is known better than the JSON says. */
export function presenceFrom(value: unknown, actor?: ChatActor): PresenceNote | undefined {
  const note = (value ?? {}) as Readonly<Record<string, unknown>>;
  const { device, status, leaseMs } = note;
  const by = actor ?? actorFrom(note.actor);
  if (by === undefined || typeof device !== "string" || device === "" || device.length > DEVICE_MAX)
    return undefined;
  if (status !== "online" && status !== "offline") return undefined;
  const lease = leaseFrom(leaseMs) ?? PRESENCE_LEASE_MS;
  return {
    ...{ type: "presence", actor: by, device, status },
    ...{ isTyping: note.isTyping === true, isNew: note.isNew === true },
    leaseMs: Math.min(lease, LEASE_MS_MAX),
  };
}
