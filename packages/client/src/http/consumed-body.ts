import { FetchBackoffAbortError } from "../errors/abort-error.ts";
import { FetchError } from "../errors/fetch-error.ts";
import { addressOf } from "./address.ts";

/** Statuses whose responses carry no body worth reading. */
const NO_BODY: ReadonlySet<number> = new Set([201, 204, 205]);

/**
 * Wraps `fetch` so that it resolves only when the whole body has arrived: the connection is free again, and a body
 * that breaks off is an error of the request. Responses below 200, and 201, 204 and 205, are returned as they are.
 *
 * The returned function throws `FetchBackoffAbortError` if the body broke off because the signal was aborted, and a
 * `FetchError` with the response's status otherwise.
 *
 * @example
 * ```ts
 * import { createFetchWithConsumedBody } from "@perennial/client";
 * const fetchWhole = createFetchWithConsumedBody(fetch);
 * const response = await fetchWhole("https://example.com/streams/orders");
 * ```
 */
export function createFetchWithConsumedBody(fetchClient: typeof fetch): typeof fetch {
  return async (input, init) => consumed(await fetchClient(input, init), input, init?.signal);
}

/** The response to `input` with its whole body. Throws as the function above. */
export async function consumed(
  response: Response,
  input: string | URL | Request,
  signal: AbortSignal | null | undefined,
): Promise<Response> {
  const { status, statusText, headers } = response;
  if (status < 200 || NO_BODY.has(status)) return response;
  try {
    const body = await response.arrayBuffer();
    return new Response(status === 304 ? null : body, { status, statusText, headers });
  } catch (error) {
    if (signal?.aborted) throw new FetchBackoffAbortError();
    const reason = error instanceof Error ? error.message : String(error);
    throw new FetchError(status, reason, undefined, Object.fromEntries(headers), addressOf(input));
  }
}
