import { type Compacted, compactSession } from "../session/compact.ts";
import type { DurableChatSessionStreamTarget } from "./target.ts";

/**
 * Folds a session, for whoever comes later: with `snapshots: true` a page reads the messages in place of every chunk. Call it
 * when an answer has ended, say each ten answers; any number of processes may.
 *
 * @throws FetchError, 404 when there is no such session, or the error of `fetch`
 * @example
 * ```ts
 * import { compactDurableChatSession } from "@perennial/tanstack-ai";
 * const { kind } = await compactDurableChatSession({ writeUrl: "https://example.com/v1/stream/chat/1" });
 * ```
 */
export function compactDurableChatSession(target: DurableChatSessionStreamTarget): Promise<Compacted> {
  const { writeUrl, headers, fetchClient: fetch } = target;
  return compactSession({ url: String(writeUrl), headers, fetch });
}
