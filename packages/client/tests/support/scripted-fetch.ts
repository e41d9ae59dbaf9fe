/** A request that a scripted `fetch` received. */
export interface RecordedRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
  readonly signal: AbortSignal | undefined;
}

/** What a scripted `fetch` answers: a response, an error to reject with, or a function that decides. */
export type Answer =
  | Response
  | Error
  | ((request: RecordedRequest) => Response | Error | Promise<Response | Error>);

/** A `fetch` that gives prepared answers in order and records its requests. When they run out, it never answers. */
export function scriptedFetch(...answers: Answer[]): typeof fetch & { readonly requests: RecordedRequest[] } {
  const requests: RecordedRequest[] = [];
  const scripted = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const request: RecordedRequest = {
      url: new URL(String(input)),
      method: init.method ?? "GET",
      headers: lowerCased(init.headers as Record<string, string> | undefined),
      // A producer uses the memory of a stored batch again.
      body: init.body instanceof Uint8Array ? init.body.slice() : init.body,
      signal: init.signal ?? undefined,
    };
    requests.push(request);
    const answer = answers.shift();
    if (answer === undefined) return untilAborted(request.signal);
    const given = typeof answer === "function" ? await answer(request) : answer;
    if (given instanceof Error) throw given;
    return given;
  };
  return Object.assign(scripted, { requests });
}

/** Not by `Headers`, which would hide a name that was given twice, and refuse one that is not valid. */
function lowerCased(headers: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function untilAborted(signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((_, reject) => {
    const abort = () => reject(new DOMException("aborted", "AbortError"));
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort);
  });
}

/** A page of a stream. `next: undefined` leaves the offset out. */
export function page(
  body: BodyInit | null,
  options: {
    next?: string;
    upToDate?: boolean;
    closed?: boolean;
    cursor?: string;
    status?: number;
    type?: string;
    headers?: Record<string, string>;
  } = {},
): Response {
  const headers = new Headers({ "content-type": options.type ?? "application/json", ...options.headers });
  if (options.next !== undefined) headers.set("stream-next-offset", options.next);
  if (options.upToDate) headers.set("stream-up-to-date", "true");
  if (options.closed) headers.set("stream-closed", "true");
  if (options.cursor !== undefined) headers.set("stream-cursor", options.cursor);
  return new Response(body, { status: options.status ?? 200, headers });
}

/** The answer of a long-poll that ran out. */
export function nothingNew(next: string, options: { closed?: boolean } = {}): Response {
  return page(null, { next, upToDate: true, status: 204, ...options });
}

/** An SSE response that sends the given pieces and then ends, breaks or stays open. */
export function eventStream(
  pieces: readonly string[],
  end: "ends" | "breaks" | "stays" = "ends",
  headers: Record<string, string> = {},
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
      if (end === "ends") controller.close();
    },
    pull(controller) {
      if (end === "breaks") controller.error(new TypeError("connection reset"));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream", ...headers } });
}

/** A data event and its control event, as servers frame them. */
export function event(data: string | undefined, control: Record<string, unknown>): string {
  const dataEvent = data === undefined ? "" : `event: data\ndata:${data}\n\n`;
  return `${dataEvent}event: control\ndata:${JSON.stringify(control)}\n\n`;
}

/** A body that gives the bytes and then breaks. */
export function brokenBody(text: string): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent) controller.error(new TypeError("connection reset"));
      else controller.enqueue(new TextEncoder().encode(text));
      sent = true;
    },
  });
}
