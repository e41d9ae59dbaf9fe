import type { HandleRequests } from "../handle/requests.ts";
import { type BackoffPolicy, backoffPolicy } from "../http/backoff.ts";
import { withDefaults } from "../http/defaults.ts";
import type { IdempotentProducerOptions } from "../options.ts";
import type { BackoffOptions } from "../resilience-options.ts";
import { countEpochs, drawEpoch } from "./epoch.ts";
import type { QueueOptions } from "./flight.ts";

const DEFAULTS = {
  epoch: 0,
  autoClaim: false,
  maxBatchBytes: 1024 * 1024,
  lingerMs: 5,
  maxInFlight: 5,
  replay: false,
};
/** A producer that cannot reach its server says so after a minute, rather than let messages pile up for ever. */
const BACKOFF: Partial<BackoffOptions> = { maxDelay: 5_000, deadline: 60_000 };

/** A producer's options without gaps that matter. */
export type ProducerSettings = Readonly<typeof DEFAULTS> &
  Omit<IdempotentProducerOptions, keyof typeof DEFAULTS> &
  QueueOptions & { readonly backoff: BackoffPolicy };

/**
 * Checks the options and fills their gaps.
 *
 * @throws Error that names the option
 */
export function producerSettings(
  options: IdempotentProducerOptions,
  requests: HandleRequests,
): ProducerSettings {
  const settings = withDefaults(DEFAULTS, options);
  for (const name of ["maxBatchBytes", "maxInFlight"] as const)
    demand(settings[name] > 0, `${name} must be > 0`);
  for (const name of ["epoch", "lingerMs"] as const) demand(settings[name] >= 0, `${name} must be >= 0`);
  const backoff = backoffPolicy(options.backoffOptions ?? requests.options.backoffOptions ?? BACKOFF);
  // Whoever may take over does so from the start, under an epoch that nobody else has.
  const isSole = settings.autoClaim && options.epoch === undefined;
  const nextEpoch = isSole ? drawEpoch : countEpochs;
  return { ...settings, epoch: isSole ? drawEpoch(-1) : settings.epoch, isSole, nextEpoch, backoff };
}

function demand(isMet: boolean, what: string): void {
  if (!isMet) throw new Error(what);
}
