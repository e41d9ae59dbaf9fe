/** Finding where to begin: the newest snapshot, or the first page of updates. */

import { FrameDecoder, FrameError } from "../core/framing.ts";
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
 * @param onDamaged told of what is no updates, and left out
 * @throws YjsProviderError
 */
export async function openDocument(
  requests: Requests,
  create: boolean,
  onDamaged: (error: Error) => void,
  signal: AbortSignal,
): Promise<Opening> {
  let mayCreate = create;
  for (let discovery = 0; discovery < DISCOVERIES_MAX; discovery++) {
    const answer = await requests.send("GET", { offset: "snapshot" }, { signal });
    if (answer.status === 200 || answer.status === 204) return opening(answer, onDamaged);
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

/** The updates that end within these bytes. Damage ends no reader: whoever goes on has at least the rest. */
export function readable(
  decoder: FrameDecoder,
  bytes: Uint8Array,
  onDamaged: (error: Error) => void,
): readonly Uint8Array[] {
  try {
    return decoder.push(bytes);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    onDamaged(error);
    return error.updates;
  }
}

function opening({ url, headers, body }: Answer, onDamaged: (error: Error) => void): Opening {
  const decoder = new FrameDecoder();
  const isSnapshot = new URL(url).searchParams.get("offset")?.endsWith("_snapshot") ?? false;
  const updates = isSnapshot ? [body] : readable(decoder, body, onDamaged);
  return { updates, position: { offset: headers.get(NEXT_OFFSET) ?? "-1", decoder } };
}

function text({ body }: Answer): string {
  return new TextDecoder().decode(body);
}
