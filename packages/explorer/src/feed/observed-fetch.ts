import { CONTENT_TYPE } from "@perennial/protocol";
/** A `fetch` that tells how its connections fare, so that the page can say so. */

/**
 * - `asking`: a request is on its way
 * - `open`: an answer has begun
 * - `ended`: an event stream came to the end that its server planned
 * - `lost`: a request failed, or an event stream broke off
 */
export type ConnectionEvent = "asking" | "open" | "ended" | "lost";

/** Wraps `fetch`. Requests that were given up on purpose are not reported as lost. */
export function observedFetch(request: typeof fetch, report: (event: ConnectionEvent) => void): typeof fetch {
  return async (input, init) => {
    const onFailure = (error: unknown): never => {
      if (!init?.signal?.aborted) report("lost");
      throw error;
    };
    report("asking");
    const response = await request(input, init).catch(onFailure);
    report(response.status < 500 ? "open" : "lost");
    const isEventStream = response.headers.get(CONTENT_TYPE)?.startsWith("text/event-stream");
    if (!isEventStream || response.body === null) return response;
    const body = watched(response.body, () => report("ended"), onFailure);
    return new Response(body, response);
  };
}

function watched(
  body: ReadableStream<Uint8Array>,
  onEnd: () => void,
  onFailure: (error: unknown) => never,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read().catch(onFailure);
      if (!done) return controller.enqueue(value);
      onEnd();
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
