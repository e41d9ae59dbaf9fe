import { HEADER, HTTP_HEADER } from "@perennial/protocol";
import { type Check, type Finding, fine, problem, warning } from "../finding.ts";
import { through } from "../hops.ts";
import type { Probe } from "../probe.ts";

/** An event that takes longer than this was held back, ms. */
const BUFFERED_MS = 1000;
/** How long to wait for an event before it counts as held back for good, ms. */
const EVENT_TIMEOUT_MS = 5000;
const BUFFERING_ADVICE =
  "turn off response buffering and compression for text/event-stream (nginx: proxy_buffering off; Caddy: flush_interval -1)";

/** Server-sent events arrive when they are sent. */
export const eventStream: Check = {
  name: "SSE",
  async run(probe) {
    const url = await probe.stream();
    const controller = new AbortController();
    try {
      return await watch(probe, url, controller.signal);
    } finally {
      controller.abort();
    }
  },
};

async function watch(probe: Probe, url: string, signal: AbortSignal): Promise<Finding> {
  const opening = probe.fetch("GET", `${url}?offset=-1&live=sse`, { signal });
  const response = await within(opening, EVENT_TIMEOUT_MS);
  if (response === undefined) {
    return problem("an SSE response does not even begin while the stream is idle", BUFFERING_ADVICE);
  }
  const type = response.headers.get(HEADER.contentType);
  if (!response.ok || !type?.startsWith("text/event-stream")) {
    return problem(
      `SSE is answered with ${response.status} ${type}${through(response.headers)}`,
      "let the proxy pass GET with live=sse",
    );
  }
  const events = new EventText(response);
  if (!(await events.has("event: control", EVENT_TIMEOUT_MS))) {
    return problem(`the first event is held back${through(response.headers)}`, BUFFERING_ADVICE);
  }
  const startedAt = performance.now();
  await probe.append(url, "doctor-was-here");
  const arrived = await events.has("doctor-was-here", EVENT_TIMEOUT_MS);
  const elapsed = Math.round(performance.now() - startedAt);
  if (!arrived || elapsed > BUFFERED_MS) {
    const when = arrived ? `${elapsed} ms late` : `not within ${EVENT_TIMEOUT_MS / 1000} s`;
    return problem(
      `an event arrives ${when}: a hop buffers SSE${through(response.headers)}`,
      BUFFERING_ADVICE,
    );
  }
  const encoding = response.headers.get(HTTP_HEADER.contentEncoding);
  if (encoding === null) return fine(`an append reaches a reader in ${elapsed} ms`);
  return warning(
    `SSE is compressed (${encoding})${through(response.headers)}`,
    "compression tends to hold events back",
  );
}

/** The text of an event stream as it arrives. */
class EventText {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(response: Response) {
    this.#reader = response.body!.getReader();
  }

  /** Whether the text holds `needle` within so many ms. */
  async has(needle: string, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (!this.#text.includes(needle)) {
      const result = await within(this.#reader.read(), deadline - performance.now());
      if (result === undefined || result.done) return false;
      this.#text += this.#decoder.decode(result.value, { stream: true });
    }
    return true;
  }
}

/** A wait that ends sooner than this did not happen, ms. */
const WAIT_MIN_MS = 200;

/** A long-poll may be silent until the server answers. */
export const idleConnection: Check = {
  name: "idle connections",
  async run(probe) {
    const url = await probe.stream();
    const tail = (await probe.fetch("HEAD", url)).headers.get(HEADER.streamNextOffset) ?? "now";
    const startedAt = performance.now();
    const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);
    let response: Response;
    try {
      response = await probe.fetch("GET", `${url}?offset=${tail}&live=long-poll`, {
        signal: AbortSignal.timeout(LONG_POLL_MAX_MS),
      });
    } catch {
      return problem(`a long-poll is cut off after ${seconds()} s`, IDLE_ADVICE);
    }
    await response.arrayBuffer();
    const elapsed = performance.now() - startedAt;
    if (response.status === 502 || response.status === 504) {
      return problem(
        `a hop gives up on a long-poll after ${seconds()} s (${response.status})${through(response.headers)}`,
        IDLE_ADVICE,
      );
    }
    if (response.status === 204 && elapsed >= WAIT_MIN_MS)
      return fine(`a long-poll is left in peace for ${seconds()} s`);
    return problem(
      `a long-poll at the tail is answered with ${response.status} after ${seconds()} s${through(response.headers)}`,
      "is it answered from a cache?",
    );
  },
};

/** Longer than any server waits by default, ms. */
const LONG_POLL_MAX_MS = 90_000;
const IDLE_ADVICE =
  "raise the hop's idle timeout above the server's --long-poll-timeout-ms (30s), or lower that (nginx: proxy_read_timeout)";

/** What the promise gives, or undefined if it takes longer. */
async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  promise.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, timeoutMs), undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
