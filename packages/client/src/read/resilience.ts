/** SSE resilience options without gaps. */
export interface Resilience {
  readonly minConnectionDuration: number;
  readonly maxShortConnections: number;
  readonly backoffBaseDelay: number;
  readonly backoffMaxDelay: number;
  readonly logWarnings: boolean;
}

/** What `SSEResilienceOptions` leaves out. */
export const RESILIENCE_DEFAULTS: Resilience = {
  minConnectionDuration: 1000,
  maxShortConnections: 3,
  backoffBaseDelay: 100,
  backoffMaxDelay: 5000,
  logWarnings: true,
};

/** Says on the console why SSE is given up, and what to change. */
export function warnAboutFallback(): void {
  console.warn(
    "[Durable Streams] SSE fails, using long-polling. Is a proxy buffering? " +
      "(Nginx: X-Accel-Buffering: no; Caddy: flush_interval -1)",
  );
}
