/** How a Yjs server is set up, and what follows for whom it lets in. */
import { hostName, isLocalName, parseOrigins, type Wall, wallOf } from "@perennial/protocol";
import type { YjsLogger } from "./logger.ts";
import type { UpstreamOptions } from "./upstream.ts";

/** Where the streams are, and how they are served. */
export interface YjsServerOptions extends UpstreamOptions {
  /** Port of `start()`, [0, 65535]; 0: any that is free. Default 0. */
  readonly port?: number | undefined;
  /** Address of `start()`. Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /**
   * Origins whose pages may use what `start()` opens, with commas, or `*`. Default: those of this machine. What is embedded by
   * `fetch` leaves pages to its embedder.
   */
  readonly corsOrigin?: string | undefined;
  /** Origin under which clients reach what `start()` opens, by whose name it then knows itself. */
  readonly publicUrl?: string | undefined;
  /** False opens it to other machines, names and pages, as far as the server below lets them. Default true. */
  readonly auth?: boolean | undefined;
  /** Bytes of updates from which a document is compacted. Default 1 MiB. */
  readonly compactionThreshold?: number | undefined;
  /** Bytes of one request; more get 413. Default 64 MiB. */
  readonly bodyBytes?: number | undefined;
  /** Bytes of all requests that are being received; more get 503. Default 256 MiB. */
  readonly bodyBudgetBytes?: number | undefined;
  /** Where events go. Default: warnings to the console. */
  readonly logger?: YjsLogger | undefined;
}

/** Where it listens unless told otherwise. */
export const DEFAULT_HOST = "127.0.0.1";

/** @throws TypeError for origins that are none */
export function wallOfOptions(options: YjsServerOptions): Wall {
  const { auth = true, clientAuth = false, host = DEFAULT_HOST, publicUrl, corsOrigin } = options;
  if (corsOrigin !== undefined && parseOrigins(corsOrigin) === undefined)
    throw new TypeError(
      `corsOrigin must be origins such as https://app.example, with commas, or *, not ${corsOrigin}`,
    );
  const wall = wallOf({ auth, host, publicUrl, corsOrigin });
  // Whoever must show credentials of their own may call the server what they like.
  return clientAuth ? { ...wall, hosts: "any" } : wall;
}

/** Why it may not listen where it is told to, if it may not. */
export function reachProblem({
  host = DEFAULT_HOST,
  auth = true,
  clientAuth = false,
}: YjsServerOptions): string | undefined {
  if (!auth || clientAuth || isLocalName(hostName(host))) return undefined;
  return (
    `host ${host} lets other machines read and write all documents, since nobody needs credentials here: ` +
    "have clients show their own (clientAuth), or say with auth: false that this is meant"
  );
}
