/** Who may do what, once a server has services: the one place that says it. Pure, but for what the services know. */
import { HTTP_HEADER, ok, type Result, reject, STREAM_ROOT } from "@perennial/protocol";
import type { Service } from "../../services/service.ts";
import type { HttpRequest } from "../message/request.ts";
import type { RequestProblem } from "../problems.ts";

/** What a request may touch: paths that begin with this. Operations that take a path from elsewhere than the URL ask it. */
export interface Scope {
  readonly prefix: string;
}

/** What a request is about. */
export type Target =
  /** One stream, by its canonical path. */
  | { readonly kind: "stream"; readonly path: string }
  /** What is the same for a whole service: the list of its streams. */
  | { readonly kind: "service" }
  /** What does not ask for credentials and does not pass them on. */
  | { readonly kind: "mount" };

/** What is known of services. */
export interface KnownServices {
  readonly isGuarded: boolean;
  authorized(header: string): Service | undefined;
}

const ROOT = `${STREAM_ROOT}/`;
const EVERYTHING: Scope = { prefix: ROOT };

/**
 * What the request may touch, or why nothing. Who has no right learns nothing: services that there are and those that are not,
 * streams of others and those that are not, are refused with the same words after the same steps.
 */
export function scopeOf(
  services: KnownServices,
  request: HttpRequest,
  target: Target,
): Result<Scope, RequestProblem> {
  if (!services.isGuarded) return ok(EVERYTHING);
  const header = request.header(HTTP_HEADER.authorization);
  const service = header === undefined ? undefined : services.authorized(header);
  if (service === undefined || target.kind === "mount") return reject({ kind: "unauthorized" });
  const prefix = `${ROOT}${service.id}/`;
  if (target.kind === "stream" && !target.path.startsWith(prefix)) return reject({ kind: "unauthorized" });
  return service.state === "enabled" ? ok({ prefix }) : reject({ kind: "service-disabled" });
}
