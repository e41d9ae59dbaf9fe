import type { Config } from "../config.ts";

/** What the access log says of one request. */
export interface Access {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  /** When the request was read, as `performance.now()`. */
  readonly startedAt: number;
}

/** Logs a request that was answered, or whose client went away. */
export function logAccess({ logger }: Config, { method, target, status, startedAt }: Access): void {
  const elapsedMs = Math.round((performance.now() - startedAt) * 100) / 100;
  logger.info({ method, target, status, elapsedMs }, "request");
}
