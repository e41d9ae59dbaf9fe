import type { Config } from "../../config.ts";
import { logReadFailure } from "../../telemetry/read-failure.ts";
import { loggable } from "../access/loggable.ts";
import type { HttpRequest } from "../message/request.ts";
import type { BodyEnd } from "./wire.ts";

/** Logs, once, why the body of a reply broke off, if that was no fault of its client. */
export function logBodyEnd({ logger }: Config, request: HttpRequest, end: BodyEnd, cause?: unknown): void {
  if (end === "failed")
    logReadFailure(logger, cause, { method: request.method, target: loggable(request.target) });
}
