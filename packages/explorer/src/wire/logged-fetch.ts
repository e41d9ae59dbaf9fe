/** A `fetch` that notes its requests and answers, and hands them on as they are. */
import type { WireLog } from "./wire-log.ts";

/** @param now a clock, ms since 1970 */
export function loggedFetch(request: typeof fetch, log: WireLog, now: () => number): typeof fetch {
  return async (input, init) => {
    const number = log.begin({
      method: init?.method ?? "GET",
      url: typeof input === "object" && "url" in input ? input.url : String(input),
      requestHeaders: [...new Headers(init?.headers)],
      askedAt: now(),
    });
    const onFailure = (error: unknown): never => {
      log.change(number, { status: init?.signal?.aborted ? "left" : "lost" });
      throw error;
    };
    const response = await request(input, init).catch(onFailure);
    const { status: code, statusText: text, headers, body } = response;
    log.change(number, {
      status: body === null ? "done" : "open",
      answer: { code, text, headers: [...headers] },
    });
    return body === null ? response : new Response(logged(body, number, log, onFailure), response);
  };
}

function logged(
  body: ReadableStream<Uint8Array>,
  number: number,
  log: WireLog,
  onFailure: (error: unknown) => never,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch(onFailure);
        if (done) {
          log.change(number, { status: "done" });
          return controller.close();
        }
        log.take(number, value);
        controller.enqueue(value);
      },
      cancel(reason) {
        log.change(number, { status: "left" });
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
