/** What the address of a stream's page says besides its path. */
export interface StreamSearch {
  /** The position that is looked at; the tail if absent. */
  readonly at?: string;
  /** A stream shown beside it. */
  readonly beside?: string;
}

/** Takes from an address what it understands, and drops the rest. */
export function parseStreamSearch(search: Record<string, unknown>): StreamSearch {
  const { at, beside } = search;
  return {
    ...(typeof at === "string" && /^\d{16}_\d{16}$/.test(at) && { at }),
    ...(typeof beside === "string" && beside !== "" && { beside }),
  };
}
