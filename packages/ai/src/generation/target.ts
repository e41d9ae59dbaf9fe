import {
  DurableStream,
  DurableStreamError,
  type DurableStreamOptions,
  FetchError,
  type HeadersRecord,
  stream,
} from "@perennial/client";

/** Every generation is a JSON stream. */
export const JSON_TYPE = "application/json";

/** The stream of one generation, on any server. */
export interface GenerationTarget {
  /** Its absolute address. */
  readonly url: string | URL;
  /** Sent with every request. Functions are called for each. */
  readonly headers?: HeadersRecord | undefined;
  /** Used instead of the global `fetch`, for every request. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How failed requests are repeated. */
  readonly backoffOptions?: DurableStreamOptions["backoffOptions"];
}

/** The address beside a generation's where stops are asked for. */
function controlUrl(url: string | URL): string {
  const beside = new URL(url);
  beside.pathname += ".control";
  return beside.href;
}

/** What the client needs to know of a target. */
export function streamOptions({ url, headers, fetch, backoffOptions }: GenerationTarget) {
  return { url, headers, fetch, backoffOptions, warnOnHttp: false };
}

/** The stream beside a generation's where stops are asked for. */
export function controlTarget(target: GenerationTarget): GenerationTarget {
  return { ...target, url: controlUrl(target.url) };
}

/** A writer that cannot reach its server says so after a while: somebody waits for the answer. */
const WRITE_BACKOFF = { maxDelay: 2_000, deadline: 30_000 };

/** A handle on a target, to write. */
export function handleOf(target: GenerationTarget): DurableStream {
  const options = streamOptions(target);
  return new DurableStream({
    ...{ ...options, contentType: JSON_TYPE, backoffOptions: options.backoffOptions ?? WRITE_BACKOFF },
  });
}

/** Whether a request failed because there is no such stream. */
export function isMissing(error: unknown): boolean {
  return (error instanceof FetchError || error instanceof DurableStreamError) && error.status === 404;
}

/** How a stream is. Asked by a read, which is repeated on a bad network. */
export async function stateOf(target: GenerationTarget): Promise<"missing" | "open" | "closed"> {
  const { backoffOptions = WRITE_BACKOFF } = target;
  try {
    const options = { ...streamOptions(target), backoffOptions, offset: "now", live: false };
    const response = await stream(options);
    await response.body();
    return response.streamClosed ? "closed" : "open";
  } catch (error) {
    if (isMissing(error)) return "missing";
    throw error;
  }
}
