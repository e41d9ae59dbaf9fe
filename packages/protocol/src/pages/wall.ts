/**
 * What keeps web pages out of a server that asks for no credentials. Any page that somebody visits can send requests to a
 * server on their machine. Browsers say whose page it was (`Origin`, `Sec-Fetch-Site`) and under which name it found the
 * server (`Host`), and pages cannot change that. Programs say what they like: they are on the machine already.
 */
import { HTTP_HEADER } from "../headers.ts";
import { hostName, hostOfOrigin, isLocalName } from "./names.ts";
import { type Origins, parseOrigins } from "./origins.ts";

/** Who gets through. */
export interface Wall {
  /** The names that `Host` may give besides those of this machine; `any`: all. */
  readonly hosts: ReadonlySet<string> | "any";
  /** Whose pages may use the server, besides its own. */
  readonly origins: Origins;
  /** The server's own origin, where it is told. */
  readonly publicUrl: string | undefined;
}

/** What a wall is made from. */
export interface WallSettings {
  /** Whether strangers are kept out. */
  readonly auth: boolean;
  /** Where the server listens. */
  readonly host: string;
  readonly publicUrl: string | undefined;
  /** Whose pages may use the server, as `parseOrigins` reads it. Default: those of this machine, without `auth` all. */
  readonly corsOrigin: string | undefined;
}

/** What a wall looks at of a request. */
export interface Visitor {
  readonly method: string;
  /** A header's value. */
  header(name: string): string | undefined;
  /** Under which origin the client reached the server. */
  origin(): string;
}

/** Why a request does not get through. */
export type WallRefusal =
  | { readonly kind: "unknown-host"; readonly host: string }
  | { readonly kind: "origin-refused"; readonly origin: string | undefined };

/** The wall that settings ask for. */
export function wallOf({ auth, host, publicUrl, corsOrigin }: WallSettings): Wall {
  const names = publicUrl === undefined ? [host] : [host, new URL(publicUrl).host];
  return {
    hosts: auth ? new Set(names.map(hostName)) : "any",
    origins: parseOrigins(corsOrigin ?? "") ?? { kind: auth ? "local" : "any" },
    publicUrl,
  };
}

/** The wall of an embedded server: whose port it is, and under which names, is the business of its embedder. */
export function withoutHosts(wall: Wall): Wall {
  return { ...wall, hosts: "any" };
}

/** Why a request does not get through, if it does not. */
export function wallRefusal(wall: Wall, visitor: Visitor): WallRefusal | undefined {
  if (wall.hosts !== "any") {
    const host = visitor.header(HTTP_HEADER.host);
    if (host !== undefined && !isKnown(wall.hosts, host)) return { kind: "unknown-host", host };
  }
  // A preflight does nothing, and says by the origin that its answer names whether the page may go on.
  if (wall.origins.kind === "any" || visitor.method === "OPTIONS") return undefined;
  const origin = visitor.header(HTTP_HEADER.origin);
  if (origin !== undefined)
    return mayUse(wall, origin, visitor) ? undefined : { kind: "origin-refused", origin };
  return isEmbeddedElsewhere(visitor) ? { kind: "origin-refused", origin: undefined } : undefined;
}

/** The `Host` that was last found to be known: nearly all requests name the same one. */
let lastKnown: { hosts: Wall["hosts"]; host: string } | undefined;

function isKnown(hosts: ReadonlySet<string>, host: string): boolean {
  if (lastKnown?.host === host && lastKnown.hosts === hosts) return true;
  const name = hostName(host);
  const known = isLocalName(name) || hosts.has(name);
  if (known) lastKnown = { hosts, host };
  return known;
}

/** Whether pages of an origin may use the server. */
export function mayUse({ origins, publicUrl }: Wall, origin: string, visitor: Visitor): boolean {
  const host = hostOfOrigin(origin);
  if (host === undefined) return false;
  if (origins.kind === "local" && isLocalName(hostName(host))) return true;
  if (origins.kind === "listed" && origins.origins.has(origin)) return true;
  // Pages of the server itself, such as the explorer. A proxy may have ended TLS, so the scheme does not count.
  return (
    origin === publicUrl ||
    host === visitor.header(HTTP_HEADER.host) ||
    host === hostOfOrigin(visitor.origin())
  );
}

/**
 * Whether a page of another site has built the answer into itself, as an image or a script say: such requests have no
 * `Origin`. Somebody who follows a link is no such page.
 */
function isEmbeddedElsewhere(visitor: Visitor): boolean {
  return (
    visitor.header(HTTP_HEADER.fetchSite) === "cross-site" &&
    visitor.header(HTTP_HEADER.fetchMode) !== "navigate"
  );
}
