import { DurableStream, type Offset } from "@perennial/client";

/** The `type` of the entries in an index of snapshots. */
export const SNAPSHOT_TYPE = "snapshot";

/** What the index of a stream's snapshots says about one. Its key is the snapshot's name. */
export interface SnapshotEntry {
  /** The position in the stream that the state belongs to; reading goes on there. */
  readonly offset: Offset;
  /** How many messages the snapshot has. One with another number is not to be used. */
  readonly messages: number;
}

/**
 * Opens a stream by its address. The default takes the headers of the state stream's handle; give one where streams
 * need parameters or a `fetch` of their own.
 */
export type OpenStream = (url: string) => DurableStream;

/** Opens streams with the headers that the handle has now. */
export async function openerLike(stream: DurableStream): Promise<OpenStream> {
  const headers = await stream.resolveHeaders();
  return (url) => new DurableStream({ url, headers, warnOnHttp: false });
}

/** The address of the index of a stream's snapshots: the stream's with `.snapshots` after the path. */
export function snapshotIndexUrl(streamUrl: string): string {
  const url = new URL(streamUrl);
  url.pathname += ".snapshots";
  return url.href;
}

/** The address of a snapshot of a stream: its name, below the index. */
export function snapshotUrl(streamUrl: string, name: string): string {
  const url = new URL(snapshotIndexUrl(streamUrl));
  url.pathname += `/${name}`;
  return url.href;
}
