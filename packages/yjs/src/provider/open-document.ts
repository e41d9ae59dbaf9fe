/** Finding where to begin: the newest snapshot, or the first page of updates. */

import { FrameDecoder } from "../core/framing.ts";
import { HEADER } from "../core/headers.ts";
import { refusal, YjsProviderError } from "./errors.ts";
import type { Answer, Requests } from "./requests.ts";

/** Snapshots that may be replaced under our hands before we give up. */
const DISCOVERIES_MAX = 5;
const NEXT_OFFSET = HEADER.streamNextOffset;

/** A place in the stream of updates. */
export interface Position {
  readonly offset: string;
  /** Holds the beginning of an update that ends beyond the offset. */
  readonly decoder: FrameDecoder;
}

/** What a document begins with. */
export interface Opening {
  readonly updates: readonly Uint8Array[];
  readonly position: Position;
}

/**
 * Opens a document. `fetch` follows the redirect to where reading begins, and where it led is seen from the address of the
 * answer: what a browser shows of a redirect that was not followed is nothing at all.
 *
 * @param create whether a document that is not there is created
 * @throws YjsProviderError
 */
export async function openDocument(
  requests: Requests,
  create: boolean,
  signal: AbortSignal,
): Promise<Opening> {
  let mayCreate = create;
  for (let discovery = 0; discovery < DISCOVERIES_MAX; discovery++) {
    const answer = await requests.send("GET", { offset: "snapshot" }, { signal });
    if (answer.status === 200 || answer.status === 204) return opening(answer);
    if (answer.status !== 404) throw refusal("opening the document", answer.status, text(answer));
    // Another snapshot took its place between the redirect and the read.
    if (text(answer).includes("SNAPSHOT_NOT_FOUND")) continue;
    if (!mayCreate) throw refusal("opening the document", 404, text(answer));
    await createDocument(requests, signal);
    mayCreate = false;
  }
  throw new YjsProviderError(
    "UNREACHABLE",
    "the document's snapshot was replaced each time it was to be read",
  );
}

async function createDocument(requests: Requests, signal: AbortSignal): Promise<void> {
  const headers = { [HEADER.contentType]: "application/octet-stream" };
  const answer = await requests.send("PUT", {}, { headers, signal });
  // 409: it is there, with another configuration.
  const isThere = answer.status === 201 || answer.status === 200 || answer.status === 409;
  if (!isThere) throw refusal("creating the document", answer.status, text(answer));
}

function opening({ url, headers, body }: Answer): Opening {
  const decoder = new FrameDecoder();
  const isSnapshot = new URL(url).searchParams.get("offset")?.endsWith("_snapshot") ?? false;
  const updates = isSnapshot ? [body] : decoder.push(body);
  return { updates, position: { offset: headers.get(NEXT_OFFSET) ?? "-1", decoder } };
}

function text({ body }: Answer): string {
  return new TextDecoder().decode(body);
}
