export { DurableServerEventBus, type EventBusOptions } from "./event-bus.ts";
export { DurableEventStore, type EventStoreOptions } from "./event-store.ts";
