import { type GenerationTarget, requestStop, type StopResult } from "@perennial/ai";
import type { DurableChatSessionStreamTarget } from "./target.ts";

/** Where stops of a run are asked for: at an address of its own below the session's. */
export function runTarget(
  { writeUrl, headers, fetchClient }: DurableChatSessionStreamTarget,
  runId: string,
): GenerationTarget {
  const url = new URL(writeUrl);
  url.pathname += `/${encodeURIComponent(runId)}`;
  return { url, headers, fetch: fetchClient };
}

/**
 * Asks the writer of a run to stop, from any process: what it wrote stays, and everybody sees the end of the run a moment
 * later.
 *
 * @param reason - passed on to readers
 * @returns `asked`, or `missing` for a run that is over, or never was
 * @throws FetchError, or the error of `fetch`, when the server could not be asked
 */
export function requestRunStop(
  stream: DurableChatSessionStreamTarget,
  runId: string,
  reason?: string,
): Promise<StopResult> {
  return requestStop(runTarget(stream, runId), reason);
}
