/** What an operator does with services. */
import type { Result } from "@perennial/protocol";
import type { AuditEntry } from "./audit.ts";
import type { ServiceLimits } from "./limits.ts";
import type { ListedService, NewSecret, ServiceProblem, Services } from "./services.ts";

export interface ServiceAdmin {
  list(): Promise<readonly ListedService[]>;
  /** Makes a service and its secret, which is told once. From the first one on, every stream needs credentials. */
  create(id: string): Promise<Result<NewSecret, ServiceProblem>>;
  /** Gives it a new secret; the one before stays valid, of two the older one ends. */
  rotate(id: string): Promise<Result<NewSecret, ServiceProblem>>;
  /** Ends all secrets but the newest. */
  retire(id: string): Promise<Result<ListedService, ServiceProblem>>;
  disable(id: string): Promise<Result<ListedService, ServiceProblem>>;
  enable(id: string): Promise<Result<ListedService, ServiceProblem>>;
  /** Says what it may use; what is not named is not limited. */
  limit(id: string, limits: ServiceLimits): Promise<Result<ListedService, ServiceProblem>>;
  /** A token that may read and list all that it has, for a quarter of an hour, or as long as the server runs. */
  readToken(id: string): Promise<Result<string, ServiceProblem>>;
  /** The newest 200 entries of the audit log, the oldest of them first: acts, and refused requests counted by the minute. */
  audit(): Promise<readonly AuditEntry[]>;
  /** Ends it at once. Its streams are deleted in the background; then its id is free. */
  delete(id: string): Promise<Result<ListedService, ServiceProblem>>;
}

/** @param open gives the services once they are known */
export function serviceAdmin(open: () => Promise<Services>): ServiceAdmin {
  return {
    list: async () => (await open()).list(),
    create: async (id) => (await open()).create(id),
    rotate: async (id) => (await open()).rotate(id),
    retire: async (id) => (await open()).retire(id),
    disable: async (id) => (await open()).disable(id),
    enable: async (id) => (await open()).enable(id),
    limit: async (id, limits) => (await open()).limit(id, limits),
    readToken: async (id) => (await open()).readToken(id),
    audit: async () => (await open()).audit(),
    delete: async (id) => (await open()).delete(id),
  };
}
