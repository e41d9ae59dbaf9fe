/** Why a request about subscriptions is refused: the codes are the protocol's (§18.2), and clients go by them. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 429 | 503;
  readonly code: string;
  readonly message: string;
  /** Members of its own. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export const invalid = (message: string): Refusal => ({ status: 400, code: "INVALID_REQUEST", message });

export const notFound = (message = "there is no such subscription"): Refusal => ({
  ...{ status: 404, code: "SUBSCRIPTION_NOT_FOUND", message },
});

export const fenced = (): Refusal => ({
  ...{ status: 409, code: "FENCED" },
  message: "this wake is over: another one has begun, or it was done, released, or its lease ran out",
});

export const invalidOffset = (stream: string, reason: string): Refusal => ({
  ...{ status: 409, code: "INVALID_OFFSET", message: `the ack of ${stream} ${reason}`, facts: { stream } },
});

export const noWork = (): Refusal => ({
  ...{ status: 409, code: "NO_PENDING_WORK", message: "no stream of this subscription has anything new" },
});

export const alreadyClaimed = (holder: string, generation: number): Refusal => ({
  ...{ status: 409, code: "ALREADY_CLAIMED", message: `${holder} holds the lease` },
  facts: { current_holder: holder, generation },
});

export const tooMany = (what: string, limit: number): Refusal => ({
  ...{
    status: 429,
    code: "LIMIT_REACHED",
    message: `there are ${limit} ${what}, which is the most`,
    facts: { limit },
  },
});

export const tokenInvalid = (): Refusal => ({
  ...{ status: 401, code: "TOKEN_INVALID" },
  message: "send the token of this subscription's wake as Authorization: Bearer",
});

export const tokenExpired = (): Refusal => ({
  ...{
    status: 401,
    code: "TOKEN_EXPIRED",
    message: "the token has ended, and so has the lease that it was for",
  },
});

export const unavailable = (): Refusal => ({
  ...{ status: 503, code: "STORAGE_UNAVAILABLE", message: "nothing can be written now; try again" },
});
