import { type HeadersRecord, type Offset, stream } from "@perennial/client";
import { isMissing } from "./place.ts";

export interface FollowOptions {
  readonly url: string;
  readonly headers?: HeadersRecord | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Whether it looks again. Default true. */
  readonly live?: boolean | undefined;
  /** Where it begins. Default: at the first message. */
  readonly offset?: Offset | undefined;
  /** Between two looks, in ms. Default two seconds. Asked before each, where it is a function. */
  readonly everyMs?: (() => number) | undefined;
}

const EVERY_MS = 2_000;

/**
 * Reads a stream of JSON, and looks now and then whether there is more. It holds no connection meanwhile: a browser has six for a server,
 * in all its tabs together. A stream that is not there, or not any more, has no more messages. While the server is away, it looks again.
 *
 * @param onItems - given messages as they come; false ends it
 * @throws what the first read does: FetchError, or the error of `fetch`. Nothing once the signal is aborted
 */
export async function followJson(
  options: FollowOptions,
  onItems: (items: readonly unknown[]) => boolean,
): Promise<void> {
  const { signal, live = true, everyMs = () => EVERY_MS } = options;
  let offset = options.offset ?? "-1";
  for (let looks = 0; ; looks++) {
    try {
      const read = await look({ ...options, offset }, onItems);
      if (read.isOver) return;
      offset = read.offset;
    } catch (error) {
      if (signal.aborted || isMissing(error)) return;
      if (looks === 0) throw error;
    }
    if (!live) return;
    await pause(everyMs(), signal);
    if (signal.aborted) return;
  }
}

/** Reads all that there is. */
async function look(
  { url, headers, fetch, signal, offset }: FollowOptions & { readonly offset: Offset },
  onItems: (items: readonly unknown[]) => boolean,
): Promise<{ readonly isOver: boolean; readonly offset: Offset }> {
  const response = await stream<unknown>({
    ...{ url, headers, fetch, signal, offset },
    ...{ json: true, live: false, warnOnHttp: false },
  });
  let isEnough = false;
  response.subscribeJson(({ items }) => {
    isEnough ||= !onItems(items);
    if (isEnough) response.cancel();
  });
  await response.closed;
  return { isOver: isEnough || response.streamClosed, offset: response.offset };
}

/** Waits, or until the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
