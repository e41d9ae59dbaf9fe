/** Reads a response from its stream, across all that a network does. */
import { type StreamResponse, stream } from "@perennial/client";
import { DEFAULT_CONTENT_TYPE, HEADER } from "@perennial/protocol";
import { wholeBody } from "../core/whole-body.ts";
import { type Outcome, PROXY_HEADER, parseOutcome } from "../core/words.ts";
import type { DurableResponse } from "./options.ts";
import type { StreamCredentials } from "./storage.ts";

/** What is read, and how. */
export interface ReadRequest {
  readonly credentials: StreamCredentials;
  /** Where it begins. */
  readonly offset: string;
  readonly wasResumed: boolean;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal | null | undefined;
  readonly patienceMs: number;
  /** Called with the offset up to which it was taken. */
  onProgress(offset: string): void;
}

const NOT_COPIED = /^(?:stream-.*|content-(?:type|length|encoding)|cache-control|etag)$/;

/** Opens a response. Rejects as `stream()` of the client: `FetchError` for a refusal. */
export async function readResponse(request: ReadRequest): Promise<DurableResponse> {
  const { credentials, fetch, signal, patienceMs } = request;
  const session = await stream({
    ...{ url: credentials.streamUrl, offset: request.offset, live: "sse", fetch, warnOnHttp: false },
    ...(signal && { signal }),
    visibility: false,
    backoffOptions: { maxDelay: 5_000, deadline: patienceMs },
    sseResilience: { logWarnings: false },
  });
  return durableResponse(request, session);
}

function durableResponse(request: ReadRequest, session: StreamResponse): DurableResponse {
  const { credentials, wasResumed } = request;
  let outcome: Outcome | undefined;
  let reported = request.offset;
  const body = wholeBody({
    body: session.bodyStream(),
    signal: request.signal,
    outcome: async () => {
      outcome = await askOutcome(request, session.offset);
      return outcome;
    },
    onPiece: () => {
      if (session.offset === reported) return;
      reported = session.offset;
      request.onProgress(reported);
    },
  });
  const contentType =
    credentials.upstreamContentType ??
    session.headers.get(PROXY_HEADER.upstreamContentType) ??
    DEFAULT_CONTENT_TYPE;
  const headers = new Headers([...session.headers].filter(([name]) => !NOT_COPIED.test(name)));
  headers.set(HEADER.contentType, contentType);
  const { streamId, streamUrl } = credentials;
  const response = Object.assign(new Response(body, { status: 200, headers }), {
    ...{ streamId, streamUrl, wasResumed },
    upstreamContentType: contentType,
  });
  return Object.defineProperties(response, {
    offset: { get: () => session.offset, enumerable: true },
    outcome: { get: () => outcome, enumerable: true },
  });
}

/** How a response ended. Servers that do not say take all for complete. */
async function askOutcome({ credentials, fetch, signal }: ReadRequest, offset: string): Promise<Outcome> {
  const url = new URL(credentials.streamUrl);
  url.searchParams.set("offset", offset);
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(url, signal ? { signal } : {});
      await response.body?.cancel();
      return parseOutcome(response.headers.get(PROXY_HEADER.upstreamOutcome)) ?? "complete";
    } catch (error) {
      if (signal?.aborted || attempt === OUTCOME_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, OUTCOME_WAIT_MS * attempt));
    }
  }
}

const OUTCOME_ATTEMPTS = 8;
const OUTCOME_WAIT_MS = 100;
