/** Subscriptions as clients see them (protocol §18.3, §18.6). */
import { formatOffset } from "@perennial/protocol";
import type { DeadLetter } from "./core/state.ts";
import type { Subscription, Watched } from "./subscription.ts";

/** Streams that one answer names: those with news first. */
const STREAMS_MAX = 1000;

/** How to reach the control API, and by which key it is known. */
export interface Signing {
  readonly kid: string;
  /** The origin and the path of the control API, without a slash at the end. */
  readonly base: string;
}

function offsetOf(position: number): string {
  return position < 0 ? "-1" : formatOffset(position);
}

/** The streams of a wake: all of them, up to a limit, and whether they have news. */
export function wakeStreams(subscription: Subscription): readonly object[] {
  return some(subscription).map(({ link, tail }) => ({
    path: link.path,
    link_type: link.isExplicit ? "explicit" : "glob",
    acked_offset: offsetOf(link.acked),
    tail_offset: formatOffset(Math.max(tail, link.acked, 0)),
    has_pending: tail > Math.max(link.acked, 0),
  }));
}

function some({ links, pending }: Subscription): readonly Watched[] {
  const chosen: Watched[] = [];
  for (const watched of pending) {
    if (chosen.length === STREAMS_MAX) return chosen;
    chosen.push(watched);
  }
  for (const watched of links.values()) {
    if (chosen.length === STREAMS_MAX) break;
    if (!pending.has(watched)) chosen.push(watched);
  }
  return chosen;
}

/** A subscription as PUT and GET show it. Absent members (undefined) do not apply to it. */
export function view(subscription: Subscription, { kid, base }: Signing): object {
  const { settings, progress, links, pending, deadLetters } = subscription;
  const { id, type, pattern, url, wakeStream, leaseMs, description, createdAt } = settings;
  return {
    ...{ id, subscription_id: id, type, pattern },
    streams: wakeStreams(subscription),
    stream_count: links.size,
    pending_count: pending.size,
    webhook: url && { url, signing: { alg: "ed25519", kid, jwks_url: `${base}/jwks.json` } },
    wake_stream: wakeStream,
    lease_ttl_ms: leaseMs,
    created_at: new Date(createdAt).toISOString(),
    status: progress.lastError === undefined && !progress.isParked ? "active" : "failed",
    description,
    generation: progress.generation,
    wake: wakeView(subscription),
    last_error: progress.lastError && {
      at: new Date(progress.lastError.at).toISOString(),
      message: progress.lastError.message,
    },
    dead_letters: deadLetters.size,
  };
}

function wakeView({ progress: { wake } }: Subscription): object | undefined {
  if (wake === undefined) return undefined;
  const { id, startedAt, attempts, nextAt, leaseUntil, holder } = wake;
  return {
    ...{ wake_id: id, started_at: new Date(startedAt).toISOString(), attempts, holder },
    next_attempt_at: nextAt === undefined ? undefined : new Date(nextAt).toISOString(),
    lease_until: leaseUntil === undefined ? undefined : new Date(leaseUntil).toISOString(),
  };
}

/** A subscription in a list. */
export function summary(subscription: Subscription): object {
  const { settings, progress, links, pending, deadLetters } = subscription;
  return {
    ...{ id: settings.id, type: settings.type, pattern: settings.pattern },
    ...{ wake_stream: settings.wakeStream, url: settings.url, description: settings.description },
    created_at: new Date(settings.createdAt).toISOString(),
    status: progress.lastError === undefined && !progress.isParked ? "active" : "failed",
    ...{ stream_count: links.size, pending_count: pending.size, dead_letters: deadLetters.size },
    last_error: progress.lastError?.message,
  };
}

export function deadLetterView(letter: DeadLetter): object {
  return {
    ...{ wake_id: letter.wakeId, generation: letter.generation, attempts: letter.attempts },
    started_at: new Date(letter.startedAt).toISOString(),
    dead_at: new Date(letter.deadAt).toISOString(),
    ...{ error: letter.error, stream: letter.stream, stream_count: letter.streams },
  };
}
