/** What the address of a stream's page says. */
import { formatOffset, parseOffset } from "@perennial/protocol";
import { canonicalPath } from "../server/address.ts";

export interface StreamSearch {
  /** The stream's path, canonical; absent if the address names no stream. */
  readonly path?: string;
  /** The position that is looked at, as an offset; now if absent. */
  readonly at?: string;
  /** The panel that is open; messages if absent. */
  readonly panel?: string;
  /** A stream shown beside it. */
  readonly beside?: string;
}

/** Takes from an address what it understands, and drops the rest. */
export function parseStreamSearch(search: Record<string, unknown>): StreamSearch {
  const { at, panel } = search;
  const path = parsePath(search.path);
  const beside = parsePath(search.beside);
  return {
    ...(path !== undefined && { path }),
    ...(typeof at === "string" && parseOffset(at) !== undefined && { at }),
    ...(typeof panel === "string" && { panel }),
    ...(beside !== undefined && { beside }),
  };
}

function parsePath(path: unknown): string | undefined {
  return typeof path === "string" ? canonicalPath(path) : undefined;
}

/** The position that an address names. */
export function positionIn({ at }: StreamSearch): number | undefined {
  return at === undefined ? undefined : parseOffset(at);
}

/** The address's part for a position; empty for now. */
export function searchFor(position: number | undefined): Pick<StreamSearch, "at"> {
  return position === undefined ? {} : { at: formatOffset(position) };
}
