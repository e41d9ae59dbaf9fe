import { FetchError } from "@perennial/client";
import { HEADER } from "@perennial/protocol";
import { PROXY_HEADER } from "../core/words.ts";
import type {
  DurableFetch,
  DurableFetchOptions,
  DurableFetchRequestOptions,
  DurableResponse,
} from "./options.ts";
import { readResponse } from "./read.ts";
import { requestStream, upstreamRefusal } from "./request.ts";
import {
  type DurableStorage,
  extractExpiresFromUrl,
  extractStreamIdFromUrl,
  getDefaultStorage,
  isUrlExpired,
  loadCredentials,
  removeCredentials,
  type StreamCredentials,
  saveCredentials,
} from "./storage.ts";

const PATIENCE_MS = 60_000;
/** The URL is good no more, or the stream is gone: asking anew helps. */
const RECREATE: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/** Options without gaps. */
interface Settings {
  readonly proxyUrl: string;
  readonly authorization: string;
  readonly autoResume: boolean;
  readonly resumeFrom: "start" | "offset";
  readonly storage: DurableStorage;
  readonly prefix: string;
  readonly patienceMs: number;
  readonly fetch: typeof globalThis.fetch;
}

/**
 * A `fetch` whose responses go through the proxy: they survive broken connections and, with a `requestId`, reloads.
 *
 * A resumed call asks no upstream. Reading goes on by itself after a broken connection, from the byte where it broke. Aborting the
 * signal, or cancelling the body, ends reading and nothing else: `createAbortFn` stops the upstream.
 *
 * What it returns rejects, and its body fails, with: the error of `fetch` or one named `TimeoutError` when the proxy cannot be
 * reached for `patienceMs`; `FetchError` when it refuses; `ResponseIncompleteError` when the response is not whole.
 *
 * @example
 * ```ts
 * import { createDurableFetch } from "@perennial/proxy/client";
 * const durableFetch = createDurableFetch({
 *   proxyUrl: "https://example.com/v1/proxy",
 *   proxyAuthorization: "a token from your server",
 * });
 * const response = await durableFetch("https://api.example.com/answer", { requestId: "chat-1-turn-3", body: "{}" });
 * for await (const piece of response.body ?? []) console.log(piece.length);
 * ```
 */
export function createDurableFetch(options: DurableFetchOptions): DurableFetch {
  const settings: Settings = {
    proxyUrl: options.proxyUrl.replace(/\/+$/, ""),
    authorization: options.proxyAuthorization,
    autoResume: options.autoResume ?? true,
    resumeFrom: options.resumeFrom ?? "start",
    storage: options.storage ?? getDefaultStorage(),
    prefix: options.storagePrefix ?? "durable-streams:",
    patienceMs: options.patienceMs ?? PATIENCE_MS,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
  };
  return async (upstreamUrl, init = {}) => {
    const resumed = await resume(settings, init);
    return resumed ?? create(settings, upstreamUrl, init);
  };
}

/** Ends a response for all its readers, and its request to the upstream. It may be called anywhere, and more than once. */
export function createAbortFn(
  streamUrl: string,
  fetchFn: typeof globalThis.fetch = (input, init) => fetch(input, init),
): () => Promise<void> {
  return async () => {
    const url = new URL(streamUrl);
    url.searchParams.set("action", "abort");
    const response = await fetchFn(url, { method: "PATCH" });
    const text = await response.text();
    if (!response.ok) throw new Error(`Abort request failed: ${response.status} ${text}`);
  };
}

/** The response that was asked for under this name before, if it can be had. */
async function resume(
  settings: Settings,
  init: DurableFetchRequestOptions,
): Promise<DurableResponse | undefined> {
  const { requestId } = init;
  if (requestId === undefined || !settings.autoResume) return undefined;
  const { storage, prefix, proxyUrl, resumeFrom } = settings;
  const credentials = loadCredentials(storage, prefix, proxyUrl, requestId);
  if (credentials === null) return undefined;
  if (!isUrlExpired(credentials)) {
    try {
      const offset = resumeFrom === "start" ? "-1" : credentials.offset;
      return await open(settings, init, credentials, offset, true);
    } catch (error) {
      const isGone = error instanceof FetchError && RECREATE.has(error.status);
      if (init.signal?.aborted || !isGone) throw error;
    }
  }
  removeCredentials(storage, prefix, proxyUrl, requestId);
  return undefined;
}

async function create(
  settings: Settings,
  upstreamUrl: string | URL,
  init: DurableFetchRequestOptions,
): Promise<DurableResponse> {
  const { proxyUrl, authorization, fetch, storage, prefix, autoResume } = settings;
  const { requestId } = init;
  // Without a name, or where it is to be asked anew, only the repeats of this very call are the same request.
  const key = requestId !== undefined && autoResume ? requestId : crypto.randomUUID();
  const response = await requestStream({ proxyUrl, authorization, upstreamUrl, init, key, fetch });
  const refusal = upstreamRefusal(response);
  if (refusal !== undefined) return refusal;
  if (!response.ok) return response;
  const location = response.headers.get(HEADER.location);
  const upstreamContentType = response.headers.get(PROXY_HEADER.upstreamContentType);
  await response.body?.cancel();
  if (location === null) throw new Error("Missing Location header in create response");
  const streamUrl = resolved(location, proxyUrl);
  const credentials: StreamCredentials = {
    ...{ streamUrl, streamId: extractStreamIdFromUrl(streamUrl), offset: "-1" },
    ...(upstreamContentType !== null && { upstreamContentType }),
    createdAtMs: Date.now(),
    expiresAtSecs: extractExpiresFromUrl(streamUrl),
  };
  if (requestId !== undefined) saveCredentials(storage, prefix, proxyUrl, requestId, credentials);
  return open(settings, init, credentials, "-1", false);
}

/** An address that an answer names; it may be relative, as that of the proxy may be to the page. */
function resolved(location: string, proxyUrl: string): string {
  if (URL.canParse(location)) return location;
  const page = (globalThis as { location?: { href?: string } }).location?.href;
  return new URL(location, new URL(proxyUrl, page)).href;
}

function open(
  settings: Settings,
  { requestId, signal }: DurableFetchRequestOptions,
  credentials: StreamCredentials,
  offset: string,
  wasResumed: boolean,
): Promise<DurableResponse> {
  const { fetch, patienceMs, storage, prefix, proxyUrl } = settings;
  const onProgress = (taken: string): void => {
    if (requestId !== undefined)
      saveCredentials(storage, prefix, proxyUrl, requestId, { ...credentials, offset: taken });
  };
  return readResponse({ credentials, offset, wasResumed, fetch, signal, patienceMs, onProgress });
}
