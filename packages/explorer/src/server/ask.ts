/** How long a question to the server may take, its answer included, ms. */
const PATIENCE_MS = 15_000;

/** Asks the server, and never a cache alone: what has not changed is not sent again. Rejects when there is no whole answer in time: whoever asks says so, and asks again. */
export function ask(url: string, signal?: AbortSignal): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  return fetch(url, {
    signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
    cache: "no-cache",
  });
}
