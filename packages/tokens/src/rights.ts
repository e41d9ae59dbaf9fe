/** Whether rights allow what somebody wants to do. */
import { coversBelow, matchesGlob } from "@perennial/protocol";
import type { Operation, ParsedGrant, Rights } from "./claims.ts";

/** What somebody wants to do with one stream. */
export interface Act {
  readonly operation: Operation;
  /**
   * The canonical path of the stream within the service: `chats/123`. For `list`: a prefix of whole segments; for `subscribe`
   * nothing, which is all of the service.
   */
  readonly path: string;
  /** As which producer, if as any. */
  readonly producer?: string | undefined;
}

/** Whether some grant allows the act. Without a grant nothing is allowed. */
export function allows({ grants }: Pick<Rights, "grants">, act: Act): boolean {
  for (const grant of grants) if (grantAllows(grant, act)) return true;
  return false;
}

function grantAllows({ glob, ops, producer }: ParsedGrant, act: Act): boolean {
  if (!ops.has(act.operation)) return false;
  if (act.operation === "list" || act.operation === "subscribe") return coversBelow(glob, act.path);
  if (producer !== undefined && isWrite(act.operation) && act.producer !== producer) return false;
  return matchesGlob(glob, act.path);
}

/** Whether an operation adds to a stream, as some producer or as none. */
function isWrite(operation: Operation): boolean {
  return operation === "append" || operation === "close";
}
