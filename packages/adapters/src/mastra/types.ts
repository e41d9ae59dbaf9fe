/** What the adapter needs of Mastra, as types without it. */

/** An event as a subscriber is told it. */
export interface PubSubEvent {
  readonly type: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the host sends
  readonly data: any;
  readonly runId: string;
  readonly createdAt: Date;
  /** Its place in the topic, from 0. */
  readonly index?: number;
  /** How often a member of its group was told it, from 1. */
  readonly deliveryAttempt?: number;
}

/** An event as it is published. */
export type NewEvent = Omit<PubSubEvent, "id" | "createdAt">;

export type EventCallback = (
  event: PubSubEvent,
  ack?: () => Promise<void>,
  nack?: () => Promise<void>,
) => void | Promise<void>;

export interface SubscribeOptions {
  /** Of all subscribers with this name, in all processes, one is told each event. */
  readonly group?: string;
  /** Default `latest`; for a group that is new, `earliest`. */
  readonly startFrom?: "earliest" | "latest";
}
