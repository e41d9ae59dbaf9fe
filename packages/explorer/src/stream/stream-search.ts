/** What the address of a stream's page says besides its path. */
import { formatOffset, parseOffset } from "@perennial/protocol";

export interface StreamSearch {
  /** The position that is looked at, as an offset; now if absent. */
  readonly at?: string;
  /** The panel that is open; messages if absent. */
  readonly panel?: string;
  /** A stream shown beside it. */
  readonly beside?: string;
}

/** Takes from an address what it understands, and drops the rest. */
export function parseStreamSearch(search: Record<string, unknown>): StreamSearch {
  const { at, panel, beside } = search;
  return {
    ...(typeof at === "string" && parseOffset(at) !== undefined && { at }),
    ...(typeof panel === "string" && { panel }),
    ...(typeof beside === "string" && beside !== "" && { beside }),
  };
}

/** The position that an address names. */
export function positionIn({ at }: StreamSearch): number | undefined {
  return at === undefined ? undefined : parseOffset(at);
}

/** The address's part for a position; empty for now. */
export function searchFor(position: number | undefined): Pick<StreamSearch, "at"> {
  return position === undefined ? {} : { at: formatOffset(position) };
}
