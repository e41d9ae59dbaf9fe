/** What an operator can do with services, as a command that is carried out here or by a server that runs. */
import type {
  AuditEntry,
  ListedService,
  NewSecret,
  ServiceAdmin,
  ServiceLimits,
  ServiceProblem,
} from "@perennial/server";

export const ACTIONS = [
  "create",
  "list",
  "limit",
  "rotate",
  "retire",
  "disable",
  "enable",
  "delete",
  "link",
  "audit",
] as const;

export interface ServiceCommand {
  readonly action: (typeof ACTIONS)[number];
  /** The service; empty for `list` and `audit`. */
  readonly id: string;
  /** Of `limit`. */
  readonly limits?: ServiceLimits | undefined;
}

/** What came of a command, as JSON can say it. */
export type Carried =
  | { readonly kind: "secret"; readonly secret: NewSecret }
  | { readonly kind: "services"; readonly services: readonly ListedService[] }
  /** Where its Explorer is signed in to. */
  | { readonly kind: "link"; readonly link: string }
  | { readonly kind: "audit"; readonly entries: readonly AuditEntry[] }
  | { readonly kind: "rejected"; readonly rejection: ServiceProblem };

/** Reads a line; undefined if it is no command. */
export function parseCommand(line: string): ServiceCommand | undefined {
  try {
    const { action, id, limits } = JSON.parse(line) as Partial<ServiceCommand>;
    const isKnown = ACTIONS.some((known) => known === action) && typeof id === "string";
    return isKnown ? { action: action!, id, limits } : undefined;
  } catch {
    return undefined;
  }
}

/** @param origin of the server, if it listens */
export async function carryOut(
  services: ServiceAdmin,
  { action, id, limits = {} }: ServiceCommand,
  origin = "",
): Promise<Carried> {
  if (action === "list") return { kind: "services", services: await services.list() };
  if (action === "audit") return { kind: "audit", entries: await services.audit() };
  if (action === "create" || action === "rotate") {
    const made = await services[action](id);
    return made.kind === "ok" ? { kind: "secret", secret: made.value } : made;
  }
  if (action === "link") {
    const made = await services.readToken(id);
    return made.kind === "ok" ? { kind: "link", link: signInLink(origin, made.value) } : made;
  }
  const changed = await (action === "limit" ? services.limit(id, limits) : services[action](id));
  return changed.kind === "ok" ? { kind: "services", services: [changed.value] } : changed;
}

/** The address of an Explorer with a token behind its `#`, which browsers send to no server. */
export function signInLink(origin: string, token: string): string {
  return `${origin}/#access_token=${token}`;
}
