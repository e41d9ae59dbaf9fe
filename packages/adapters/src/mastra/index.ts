export { createDurablePubSub, type DurablePubSub, type PubSubOptions } from "./pub-sub.ts";
export type { EventCallback, NewEvent, PubSubEvent, SubscribeOptions } from "./types.ts";
