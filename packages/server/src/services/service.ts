/** A service: streams under a first segment of their own, for which its secret is asked. Facts about it, and what follows. Pure. */
import type { PublicKey } from "@perennial/tokens";
import type { ServiceLimits } from "./limits.ts";
import { DOCUMENTS_SEGMENT, streamsOf } from "./service-paths.ts";

/** A secret as it is kept: nobody can get it back. */
export interface KeptSecret {
  /** SHA-256, base64url. Secrets are random enough for that. */
  readonly digest: string;
  /** The public half of the key that follows from it, with which tokens are verified. */
  readonly key: PublicKey;
}

/** What was decided about a service. Each is one message of the stream in which services are kept. */
export type ServiceEvent =
  | { readonly type: "created"; readonly id: string; readonly at: string; readonly secret: KeptSecret }
  /** It has a new secret; the one before stays valid. */
  | { readonly type: "rotated"; readonly id: string; readonly at: string; readonly secret: KeptSecret }
  /** Only the newest secret is valid from now on. */
  | { readonly type: "retired"; readonly id: string; readonly at: string }
  /** What it may use, from now on; what is not named is not limited. */
  | { readonly type: "limited"; readonly id: string; readonly at: string; readonly limits: ServiceLimits }
  | { readonly type: "disabled" | "enabled"; readonly id: string; readonly at: string }
  /** Nobody can use it any more; its streams are being deleted. */
  | { readonly type: "deleted"; readonly id: string; readonly at: string }
  /** Its streams are gone, and its id is free. */
  | { readonly type: "gone"; readonly id: string; readonly at: string };

export interface Service {
  readonly id: string;
  /** What the paths of its streams begin with. */
  readonly root: string;
  readonly createdAt: string;
  readonly state: "enabled" | "disabled" | "deleted";
  /** What it may use. */
  readonly limits: ServiceLimits;
  /** The newest first; two at most. */
  readonly secrets: readonly KeptSecret[];
}

/** Letters, digits and dashes, so that a name has one spelling in paths, and is told from what is ours (`__ds`). */
const ID = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Whether a text can be the id of a service. */
export function isServiceId(text: string): boolean {
  return ID.test(text) && text !== DOCUMENTS_SEGMENT;
}

/** The service after an event; undefined: there is none any more. Events that do not apply change nothing. */
export function evolve(service: Service | undefined, event: ServiceEvent): Service | undefined {
  if (event.type === "created") {
    const { id, at, secret } = event;
    return (
      service ?? { id, root: streamsOf(id), createdAt: at, state: "enabled", limits: {}, secrets: [secret] }
    );
  }
  if (service === undefined) return undefined;
  switch (event.type) {
    case "rotated":
      return { ...service, secrets: [event.secret, ...service.secrets.slice(0, 1)] };
    case "retired":
      return { ...service, secrets: service.secrets.slice(0, 1) };
    case "limited":
      return { ...service, limits: event.limits };
    case "disabled":
    case "enabled":
      return service.state === "deleted" ? service : { ...service, state: event.type };
    case "deleted":
      return { ...service, state: "deleted", secrets: [] };
    case "gone":
      return undefined;
  }
}
