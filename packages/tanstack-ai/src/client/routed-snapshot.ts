import { FetchError } from "@perennial/client";
import type { FoldedSession, SessionAddress } from "../session/compact.ts";

/** A request that takes longer is made anew, in ms. */
const REQUEST_MS_MAX = 30_000;

/**
 * The newest snapshot of a session, as a route gives it: `{ messages, offset }`, or `{}` where there is none.
 *
 * @throws FetchError when the route refuses, or the error of `fetch`
 */
export async function routedSnapshot({
  url,
  headers,
  fetch = globalThis.fetch,
}: SessionAddress): Promise<FoldedSession | undefined> {
  const response = await fetch(url, {
    headers: headers as HeadersInit,
    signal: AbortSignal.timeout(REQUEST_MS_MAX),
  });
  if (!response.ok)
    throw new FetchError(
      response.status,
      await response.text(),
      undefined,
      {},
      url,
      "the snapshot of a session",
    );
  const { messages, offset } = (await response.json()) as Partial<FoldedSession>;
  return Array.isArray(messages) && typeof offset === "string" ? { messages, offset } : undefined;
}
