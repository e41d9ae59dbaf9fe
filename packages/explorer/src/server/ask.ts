import { isForeign } from "@perennial/protocol";

/** How long a question to the server may take, its answer included, ms. */
const PATIENCE_MS = 15_000;

/**
 * Asks the server, and never a cache alone: what has not changed is not sent again. Rejects when there is no whole answer in
 * time, or a page from somebody else: whoever asks says so, and asks again.
 */
export async function ask(url: string, signal?: AbortSignal): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch(url, {
    signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
    cache: "no-cache",
  });
  if (isForeign(response)) throw new Error("a web page answers, and no stream server: is a login needed?");
  return response;
}
