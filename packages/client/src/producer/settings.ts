import type { HandleRequests } from "../handle/requests.ts";
import { type BackoffPolicy, backoffPolicy } from "../http/backoff.ts";
import type { BackoffOptions, IdempotentProducerOptions } from "../options.ts";

const MAX_BATCH_BYTES = 1024 * 1024;
const LINGER_MS = 5;
const MAX_IN_FLIGHT = 5;
/** A producer that cannot reach its server says so after a minute, rather than let messages pile up for ever. */
const BACKOFF: Partial<BackoffOptions> = { maxDelay: 5_000, deadline: 60_000 };

/** A producer's options without gaps. */
export interface ProducerSettings {
  readonly epoch: number;
  readonly autoClaim: boolean;
  readonly maxBatchBytes: number;
  readonly lingerMs: number;
  readonly maxInFlight: number;
  readonly backoff: BackoffPolicy;
  readonly signal: AbortSignal | undefined;
  readonly onError: ((error: Error) => void) | undefined;
}

/**
 * Checks the options and fills their gaps.
 *
 * @throws Error that names the option
 */
export function producerSettings(
  options: IdempotentProducerOptions,
  requests: HandleRequests,
): ProducerSettings {
  const settings: ProducerSettings = {
    epoch: options.epoch ?? 0,
    autoClaim: options.autoClaim ?? false,
    maxBatchBytes: options.maxBatchBytes ?? MAX_BATCH_BYTES,
    lingerMs: options.lingerMs ?? LINGER_MS,
    maxInFlight: options.maxInFlight ?? MAX_IN_FLIGHT,
    backoff: backoffPolicy(options.backoffOptions ?? requests.backoffOptions ?? BACKOFF),
    signal: options.signal,
    onError: options.onError,
  };
  if (!(settings.epoch >= 0)) throw new Error("epoch must be >= 0");
  if (!(settings.maxBatchBytes > 0)) throw new Error("maxBatchBytes must be > 0");
  if (!(settings.maxInFlight > 0)) throw new Error("maxInFlight must be > 0");
  if (!(settings.lingerMs >= 0)) throw new Error("lingerMs must be >= 0");
  return settings;
}
