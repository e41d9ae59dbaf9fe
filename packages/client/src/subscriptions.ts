export type { SubscriptionsOptions } from "./subscriptions/control.ts";
export { SubscriptionError, WebhookSignatureError } from "./subscriptions/errors.ts";
export { Subscriptions } from "./subscriptions/subscriptions.ts";
export type {
  Ack,
  DeadLetter,
  SubscriptionConfig,
  SubscriptionInfo,
  WebhookNotification,
  WokenStream,
} from "./subscriptions/types.ts";
export { type VerifierOptions, WebhookVerifier } from "./subscriptions/verify.ts";
export { Wake } from "./subscriptions/wake.ts";
export { runWorker, type WorkerOptions } from "./subscriptions/worker.ts";
