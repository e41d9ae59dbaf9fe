/** The server's clock, so that all players count the same seconds. */

/** ms since 1970 as the server counts them, within half of the way there and back. */
export async function serverClock(): Promise<() => number> {
  const asked = Date.now();
  const response = await fetch("/api/now");
  const there = Number(await response.text());
  const skew = there - (asked + Date.now()) / 2;
  return () => Date.now() + skew;
}
