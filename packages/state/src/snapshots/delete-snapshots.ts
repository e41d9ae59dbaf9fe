import { type DurableStream, FetchError } from "@perennial/client";
import { reportToConsole } from "../protocol/errors.ts";
import { type OpenStream, openerLike, snapshotIndexUrl, snapshotUrl } from "./convention.ts";
import { listSnapshots } from "./load.ts";
import type { MaterializeOptions } from "./materialize.ts";

/**
 * Deletes all snapshots of a stream, and their index. Call it when you delete the stream: snapshots that outlive it would
 * be taken for those of a new stream at the same address.
 *
 * @throws FetchError and others, as `DurableStream.delete()`; a stream without snapshots is no error
 */
export async function deleteSnapshots(
  stream: DurableStream,
  { openStream, signal, onError = reportToConsole }: MaterializeOptions = {},
): Promise<void> {
  const open: OpenStream = openStream ?? (await openerLike(stream));
  const snapshots = await listSnapshots(stream, open, { signal, onError });
  const urls = snapshots.map(({ name }) => snapshotUrl(stream.url, name));
  // The index first: nobody is to be sent to a snapshot that is gone.
  for (const url of [snapshotIndexUrl(stream.url), ...urls]) await deleteStream(open(url), signal);
}

/** Deletes a stream that may be gone already. */
export async function deleteStream(stream: DurableStream, signal: AbortSignal | undefined): Promise<void> {
  try {
    await stream.delete({ signal });
  } catch (error) {
    if (!(error instanceof FetchError && error.status === 404)) throw error;
  }
}
