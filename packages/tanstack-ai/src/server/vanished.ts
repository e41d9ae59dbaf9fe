import { stream } from "@perennial/client";
import { vanishedRun } from "../format.ts";
import { LeaseWatch } from "../session/lease-watch.ts";
import { ActiveRuns } from "../session/runs.ts";
import type { TanStackChunk } from "../types.ts";
import { appendSanitizedChunksToStream, ensureDurableChatSessionStream } from "./session-stream.ts";
import type { DurableChatSessionStreamTarget } from "./target.ts";

/** So much longer than its lease a writer may be silent. */
const PATIENCE = 1.25;

/**
 * Ends the runs of a session whose writers have vanished, with a `RUN_ERROR` that is stored: readers see the end of such runs by
 * themselves, but each anew, and a session with a run under way is not folded. Takes as long as the longest lease of a
 * run that seems to be under way.
 *
 * @returns the ids of the runs that it ended
 * @throws FetchError, 404 when there is no such session, or the error of `fetch`
 */
export async function endVanishedRuns(target: DurableChatSessionStreamTarget): Promise<readonly string[]> {
  const [runs, leases] = [new ActiveRuns(), new LeaseWatch()];
  const { writeUrl: url, headers, fetchClient: fetch } = target;
  const readOn = async (from: string | undefined) => {
    const read = { url, headers, fetch, offset: from, json: true, live: false, warnOnHttp: false } as const;
    const response = await stream<TanStackChunk>(read);
    for (const chunk of await response.json<TanStackChunk>()) {
      leases.take(chunk, performance.now());
      runs.add(chunk);
    }
    leases.keep(runs.ids);
    return response.offset;
  };
  const offset = await readOn(undefined);
  const longest = leases.longest();
  if (longest === undefined) return [];
  await new Promise((resolve) => setTimeout(resolve, longest * PATIENCE));
  await readOn(offset);
  const late = leases.late(performance.now());
  const session = await ensureDurableChatSessionStream({ ...target, createIfMissing: false });
  await appendSanitizedChunksToStream(session, late.map(vanishedRun));
  return late;
}
