import { type FoldedSession, latestFolded, type SessionAddress } from "../session/compact.ts";
import { resolvedUrl } from "./addresses.ts";
import { routedSnapshot } from "./routed-snapshot.ts";

/** Where snapshots of a session are found, if anywhere: beside its stream (`true`), or at the address of a route. */
export interface SnapshotSource {
  readonly sendUrl: string;
  readonly snapshots?: boolean | string;
}

/**
 * The newest snapshot of a session; undefined where there is none, or none is wanted.
 *
 * @throws FetchError when a route refuses, or the error of `fetch`
 */
export async function startOf(
  { sendUrl, snapshots = false }: SnapshotSource,
  address: SessionAddress,
): Promise<FoldedSession | undefined> {
  if (typeof snapshots === "string")
    return routedSnapshot({ ...address, url: resolvedUrl(snapshots, sendUrl) });
  return snapshots ? latestFolded(address) : undefined;
}
