/** The server refuses something about a subscription. */
export class SubscriptionError extends Error {
  override readonly name = "SubscriptionError";
  readonly status: number;
  /** As the protocol has it, such as `FENCED`: another worker has the wake by now. Empty where the server gives none. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A webhook is not from the server that it claims to be from, or is too old. */
export class WebhookSignatureError extends Error {
  override readonly name = "WebhookSignatureError";
}
