/** What an operator can do with services, as a command that is carried out here or by a server that runs. */
import type {
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
] as const;

export interface ServiceCommand {
  readonly action: (typeof ACTIONS)[number];
  /** The service; empty for `list`. */
  readonly id: string;
  /** Of `limit`. */
  readonly limits?: ServiceLimits | undefined;
}

/** What came of a command, as JSON can say it. */
export type Carried =
  | { readonly kind: "secret"; readonly secret: NewSecret }
  | { readonly kind: "services"; readonly services: readonly ListedService[] }
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

export async function carryOut(
  services: ServiceAdmin,
  { action, id, limits = {} }: ServiceCommand,
): Promise<Carried> {
  if (action === "list") return { kind: "services", services: await services.list() };
  if (action === "create" || action === "rotate") {
    const made = await services[action](id);
    return made.kind === "ok" ? { kind: "secret", secret: made.value } : made;
  }
  const changed = await (action === "limit" ? services.limit(id, limits) : services[action](id));
  return changed.kind === "ok" ? { kind: "services", services: [changed.value] } : changed;
}
