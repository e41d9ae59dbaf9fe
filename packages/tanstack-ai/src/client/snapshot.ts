import { type BackoffOptions, type Offset, stream } from "@perennial/client";
import { latestFolded } from "../session/compact.ts";
import { SessionFold } from "../session/fold.ts";
import type { TanStackChunk } from "../types.ts";

/** Where a session is read, and how. */
export interface SnapshotOptions {
  /** The address of the session's stream, or of a route that reads it. */
  readonly readUrl: string;
  readonly headers?: HeadersInit | undefined;
  /** Where to begin. Default: the beginning. Messages before it are not in the result. */
  readonly offset?: Offset | undefined;
  /** Whether to begin at the newest snapshot that `compactDurableChatSession` made. Default false. */
  readonly snapshots?: boolean | undefined;
  /** Used instead of the global `fetch`. */
  readonly fetchClient?: typeof fetch | undefined;
  /** How failed requests are repeated. */
  readonly backoffOptions?: BackoffOptions | undefined;
}

/** A session as of an offset. */
export interface SessionSnapshot {
  /** Messages of TanStack AI, for `initialMessages`. Of no particular type, as in the official package. */
  // biome-ignore lint/suspicious/noExplicitAny: they are given to whichever version of TanStack AI the program has
  readonly messages: any[];
  /** Where to go on, for `initialOffset`. */
  readonly offset?: Offset;
  /** Runs under way, oldest first. */
  readonly activeRuns: readonly string[];
}

/**
 * Reads a session as it is now: in the loader of a page, say, which then shows it at once and goes on from `offset`.
 *
 * @throws FetchError, 404 when there is no such session, or the error of `fetch`
 * @example
 * ```ts
 * import { materializeSnapshotFromDurableStream } from "@perennial/tanstack-ai";
 * const { messages, offset } = await materializeSnapshotFromDurableStream({
 *   readUrl: "https://example.com/v1/stream/chat/1",
 * });
 * ```
 */
export async function materializeSnapshotFromDurableStream(
  options: SnapshotOptions,
): Promise<SessionSnapshot> {
  const { readUrl: url, offset, snapshots = false, fetchClient: fetch, backoffOptions } = options;
  const headers = Object.fromEntries(new Headers(options.headers));
  const address = { url, headers, fetch, backoffOptions };
  const start = snapshots && offset === undefined ? await latestFolded(address) : undefined;
  const response = await stream<TanStackChunk>({
    ...{ ...address, offset: start?.offset ?? offset, json: true, live: false, warnOnHttp: false },
  });
  const fold = new SessionFold(start?.messages);
  for (const chunk of await response.json<TanStackChunk>()) fold.add(chunk);
  return { messages: [...fold.messages], offset: response.offset, activeRuns: fold.runs.ids };
}
