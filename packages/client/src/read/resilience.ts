import type { SSEResilienceOptions } from "../options.ts";

/** SSE resilience options without gaps. */
export interface Resilience {
  readonly minConnectionDuration: number;
  readonly maxShortConnections: number;
  readonly backoffBaseDelay: number;
  readonly backoffMaxDelay: number;
  readonly logWarnings: boolean;
}

/** Fills the gaps of the options with the defaults. */
export function resilience(options: SSEResilienceOptions = {}): Resilience {
  return {
    minConnectionDuration: options.minConnectionDuration ?? 1000,
    maxShortConnections: options.maxShortConnections ?? 3,
    backoffBaseDelay: options.backoffBaseDelay ?? 100,
    backoffMaxDelay: options.backoffMaxDelay ?? 5000,
    logWarnings: options.logWarnings ?? true,
  };
}

/** Says on the console why SSE is given up, and what to change. */
export function warnAboutFallback(): void {
  console.warn(
    "[Durable Streams] SSE connections end too soon or stay silent, so this session goes on with long-polling. " +
      "A proxy in between is probably buffering responses: turn that off for event streams " +
      "(Nginx: send X-Accel-Buffering: no; Caddy: flush_interval -1).",
  );
}
