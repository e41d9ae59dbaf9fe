/** Deletes all streams below a prefix, a page at a time. */
import type { AllStreams } from "../shard/streams.ts";

/** Streams looked at in one step. */
const PAGE = 100;

/** Goes over them until a pass meets none: what was being created meanwhile may come behind the first. */
export async function removeStreams(
  streams: AllStreams,
  prefix: string,
  isStopped: () => boolean,
): Promise<void> {
  while (!isStopped() && (await removePass(streams, prefix, isStopped)) > 0);
}

/** @returns how many streams it met */
async function removePass(streams: AllStreams, prefix: string, isStopped: () => boolean): Promise<number> {
  let met = 0;
  for (let after: string | undefined = prefix; after !== undefined && !isStopped(); ) {
    const page = await streams.list({ prefix, after, limit: PAGE });
    for (const { path } of page.streams) await removeStream(streams, path);
    met += page.streams.length;
    after = page.next;
  }
  return met;
}

async function removeStream(streams: AllStreams, path: string): Promise<void> {
  const outcome = await streams.for(path).remove(path);
  if (outcome.kind === "rejected" && outcome.rejection.kind !== "stream-not-found")
    throw new Error(`${path} cannot be deleted: ${outcome.rejection.kind}`);
}
