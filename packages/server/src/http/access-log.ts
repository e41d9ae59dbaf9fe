import type { Config } from "../config.ts";
import { loggable } from "./access/loggable.ts";
import type { BodyEnd } from "./doors/wire.ts";

/** What the access log says of one request. */
export interface Access {
  readonly method: string;
  readonly target: string;
  readonly status: number;
  /** How the body of the reply ended; undefined: not known yet. */
  readonly end: BodyEnd | undefined;
  /** When the request was read, as `performance.now()`. */
  readonly startedAt: number;
}

/** Logs a request that was answered, or whose client went away. */
export function logAccess({ logger }: Config, { method, target, status, end, startedAt }: Access): void {
  const elapsedMs = Math.round((performance.now() - startedAt) * 100) / 100;
  const broken = end === undefined || end === "complete" ? {} : { end };
  logger.info({ method, target: loggable(target), status, elapsedMs, ...broken }, "request");
}
