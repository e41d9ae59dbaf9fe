/** What keys do in the list of messages. */

/** Where a key leads: to a row, which may lie outside the list, or back to the tail. */
export type MessageTarget = { readonly kind: "row"; readonly number: number } | { readonly kind: "now" };

const NOW: MessageTarget = { kind: "now" };

/**
 * Where a key leads; undefined for one that means nothing here.
 *
 * @param chosen the number of the row that is looked at; undefined: the tail is followed
 * @param count all rows
 * @param page rows in sight
 */
export function messageTarget(
  key: string,
  chosen: number | undefined,
  count: number,
  page: number,
): MessageTarget | undefined {
  const from = chosen ?? count;
  switch (key) {
    case "ArrowDown":
    case "j":
      return from + 1 >= count ? NOW : row(from + 1);
    case "ArrowUp":
    case "k":
      return row(from - 1);
    case "PageDown":
      return from + page >= count ? NOW : row(from + page);
    case "PageUp":
      return row(from - page);
    case "Home":
    case "g":
      return row(0);
    case "End":
    case "G":
    case "Escape":
      return NOW;
    default:
      return undefined;
  }
}

function row(number: number): MessageTarget {
  return { kind: "row", number };
}
