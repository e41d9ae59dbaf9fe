import { withDefaults } from "../http/defaults.ts";
import type { SSEResilienceOptions } from "../options.ts";

/** SSE resilience options without gaps. */
export interface Resilience {
  readonly minConnectionDuration: number;
  readonly maxShortConnections: number;
  readonly backoffBaseDelay: number;
  readonly backoffMaxDelay: number;
  readonly logWarnings: boolean;
}

const DEFAULTS: Resilience = {
  minConnectionDuration: 1000,
  maxShortConnections: 3,
  backoffBaseDelay: 100,
  backoffMaxDelay: 5000,
  logWarnings: true,
};

/** Fills the gaps of the options with the defaults. */
export function resilience(options: SSEResilienceOptions | undefined): Resilience {
  return withDefaults(DEFAULTS, options);
}

/** Says on the console why SSE is given up, and what to change. */
export function warnAboutFallback(): void {
  console.warn(
    "[Durable Streams] SSE does not get through: going on with long-polling. Is a proxy buffering? " +
      "(Nginx: X-Accel-Buffering: no; Caddy: flush_interval -1)",
  );
}
