/** What keys do in the list of messages. */

/**
 * The row that a key leads to, which may lie outside the list; `now`: back to the tail; undefined for a key that means
 * nothing here.
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
): number | "now" | undefined {
  const from = chosen ?? count;
  switch (key) {
    case "ArrowDown":
    case "j":
      return from + 1 >= count ? "now" : from + 1;
    case "ArrowUp":
    case "k":
      return from - 1;
    case "PageDown":
      return from + page >= count ? "now" : from + page;
    case "PageUp":
      return from - page;
    case "Home":
    case "g":
      return 0;
    case "End":
    case "G":
    case "Escape":
      return "now";
    default:
      return undefined;
  }
}
