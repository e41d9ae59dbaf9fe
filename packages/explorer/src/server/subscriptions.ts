/** The server's subscriptions, and what an operator does with them (docs/subscriptions.md). */
import { CONTROL_SEGMENT, STREAM_ROOT } from "@perennial/protocol";
import { extensionUrl } from "./address.ts";
import { ask } from "./ask.ts";

/** One subscription in the list. */
export interface ListedSubscription {
  readonly id: string;
  readonly type: string;
  readonly pattern?: string;
  /** Of a webhook. */
  readonly url?: string;
  /** Of a pull worker. */
  readonly wake_stream?: string;
  readonly status: string;
  readonly stream_count: number;
  readonly pending_count: number;
  readonly dead_letters: number;
  readonly last_error?: string;
}

export interface SubscriptionsPage {
  readonly subscriptions: readonly ListedSubscription[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

/** How far one stream was read. */
export interface Cursor {
  readonly path: string;
  /** `-1` before anything was read. */
  readonly acked_offset: string;
  readonly tail_offset: string;
  readonly has_pending: boolean;
}

export interface Wake {
  readonly started_at: string;
  readonly attempts: number;
  readonly holder?: string;
  readonly next_attempt_at?: string;
}

export interface DeadLetter {
  readonly wake_id: string;
  readonly attempts: number;
  readonly dead_at: string;
  readonly error: string;
}

/** A subscription with all that is known of it. */
export interface Subscription extends Omit<ListedSubscription, "url" | "last_error"> {
  readonly webhook?: { readonly url: string };
  readonly description?: string;
  /** At most 1,000, those with news first. */
  readonly streams: readonly Cursor[];
  readonly wake?: Wake;
  readonly last_error?: { readonly at: string; readonly message: string };
  readonly letters: readonly DeadLetter[];
}

/** The most subscriptions that a page has. */
const PAGE_SUBSCRIPTIONS = 100;

/** One page of the list. Rejects when the server cannot be reached or does not tell. */
export async function listSubscriptions(after: string, signal: AbortSignal): Promise<SubscriptionsPage> {
  const url = extensionUrl("subscriptions", { ...(after !== "" && { after }), limit: PAGE_SUBSCRIPTIONS });
  return (await accepted(await ask(url, signal))).json();
}

/** One subscription with its dead letters. Rejects when it is not there. */
export async function readSubscription(id: string, signal: AbortSignal): Promise<Subscription> {
  const [subscription, dead] = await Promise.all(
    ["", "/dead-letters"].map(async (part) =>
      (await accepted(await ask(subscriptionUrl(id, part), signal))).json(),
    ),
  );
  return { ...subscription, letters: dead.dead_letters };
}

/** Sends what is pending now. Rejects when the server refuses. */
export async function replaySubscription(id: string): Promise<void> {
  await accepted(await fetch(subscriptionUrl(id, "/replay"), { method: "POST" }));
}

/** Forgets a dead letter. Rejects when the server refuses. */
export async function forgetDeadLetter(id: string, wakeId: string): Promise<void> {
  const part = `/dead-letters/${encodeURIComponent(wakeId)}`;
  await accepted(await fetch(subscriptionUrl(id, part), { method: "DELETE" }));
}

function subscriptionUrl(id: string, part: string): string {
  return `${location.origin}${STREAM_ROOT}/${CONTROL_SEGMENT}/subscriptions/${encodeURIComponent(id)}${part}`;
}

/** The answer, if it is a good one. The control API's problems have a shape of their own (protocol §18.2). */
async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  const body = await response.json().catch(() => undefined);
  throw new Error(
    body?.error?.message ?? body?.detail ?? `the server does not tell (status ${response.status})`,
  );
}
