/** What an entity tag of a read stands for (protocol §16.2). */
export interface EtagParts {
  /** The id of this life of the stream: printable ASCII without blank, comma and quotation mark. */
  readonly instance: string;
  /** Position of the first byte in the response. */
  readonly start: number;
  /** Position after the last byte in the response. */
  readonly end: number;
  /** Whether the stream is closed and `end` is its tail. Closing without data must change the tag. */
  readonly closed: boolean;
}

/** One entity tag (RFC 9110, 8.8.3) and what may separate it from the next. */
const LIST_ITEM = /[ \t]*(?:(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*)?(?:,|$)/y;

/** The strong entity tag `"<instance>:<start>:<end>"`, with `:c` inside the quotes for a closed end. */
export function formatEtag({ instance, start, end, closed }: EtagParts): string {
  return `"${instance}:${start}:${end}${closed ? ":c" : ""}"`;
}

/**
 * Whether an `If-None-Match` header names `etag` (a strong tag from `formatEtag`): by `*`, or as a member of its list
 * under weak comparison (RFC 9110, 13.1.2). A malformed header matches nothing.
 */
export function matchesIfNoneMatch(header: string, etag: string): boolean {
  if (header === etag || header.trim() === "*") return true;
  let found = false;
  for (let index = 0; index < header.length; index = LIST_ITEM.lastIndex) {
    LIST_ITEM.lastIndex = index;
    const item = LIST_ITEM.exec(header);
    if (item === null) return false;
    found ||= item[1] === etag;
  }
  return found;
}
