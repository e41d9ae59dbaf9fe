/** What the control API says, in the words of the protocol (protocol §18). */

/** A stream of a wake, and what is new in it. */
export interface WokenStream {
  /** Relative to the stream root: `inbox/ann`. */
  readonly path: string;
  readonly link_type: "explicit" | "glob";
  /** Read from here: all before it was processed. */
  readonly acked_offset: string;
  /** Where the stream ended when this was written. */
  readonly tail_offset: string;
  readonly has_pending: boolean;
}

/** What to subscribe to. One of `pattern` and `streams` at least. */
export interface SubscriptionConfig {
  readonly type: "webhook" | "pull-wake";
  /** `*` is one segment of a path, `**` any number of them. */
  readonly pattern?: string;
  readonly streams?: readonly string[];
  /** Of a webhook: where wakes are sent. */
  readonly webhook?: { readonly url: string };
  /** Of a pull-wake: the JSON stream that wakes are written to. Create it yourself. */
  readonly wake_stream?: string;
  /** How long a worker may be silent, ms, [1000, 600000]. Default 30000 */
  readonly lease_ttl_ms?: number;
  readonly description?: string;
}

/** A subscription as the server shows it. Servers may say more, or less. */
export interface SubscriptionInfo extends Omit<SubscriptionConfig, "streams"> {
  readonly id: string;
  readonly streams: readonly WokenStream[];
  /** `failed`: wakes cannot be delivered at the moment. */
  readonly status: "active" | "failed";
  readonly created_at: string;
  readonly last_error?: { readonly at: string; readonly message: string };
  /** How many wakes were given up. */
  readonly dead_letters?: number;
}

/** A wake that was given up after many failures. Its streams stay pending. */
export interface DeadLetter {
  readonly wake_id: string;
  readonly generation: number;
  readonly attempts: number;
  readonly started_at: string;
  readonly dead_at: string;
  readonly error: string;
  /** The stream that it was told of. */
  readonly stream: string;
  readonly stream_count: number;
}

/** How far a worker is in a stream. */
export interface Ack {
  readonly stream: string;
  readonly offset: string;
}

/** The body of a webhook. */
export interface WebhookNotification {
  readonly subscription_id: string;
  readonly wake_id: string;
  readonly generation: number;
  readonly streams: readonly WokenStream[];
  readonly callback_url: string;
  readonly callback_token: string;
}
