import { DurableStream, DurableStreamError, FetchError } from "@perennial/client";
import { mediaType } from "@perennial/protocol";
import { sanitizeChunkForStorage } from "../format.ts";
import type { TanStackChunk } from "../types.ts";
import type { DurableChatSessionStreamTarget, DurableStreamTarget } from "./target.ts";

const JSON_TYPE = "application/json";

/** What cannot be written is said to be so after a while: somebody waits for it. */
const WRITE_BACKOFF = { initialDelay: 100, multiplier: 1.3, maxDelay: 2_000, deadline: 30_000 };

/** A handle on the stream of a session. */
function handleOf({ writeUrl, headers, fetchClient }: DurableChatSessionStreamTarget): DurableStream {
  return new DurableStream({
    ...{ url: writeUrl, headers, fetch: fetchClient, contentType: JSON_TYPE, warnOnHttp: false },
    backoffOptions: WRITE_BACKOFF,
  });
}

/**
 * Makes the stream of a session, or finds it.
 *
 * @throws Error for a content type other than JSON's, and for a session that is closed
 * @throws FetchError, or the error of `fetch`
 */
export async function ensureDurableChatSessionStream(target: DurableStreamTarget): Promise<DurableStream> {
  const { contentType = JSON_TYPE, createIfMissing = true } = target;
  if (mediaType(contentType) !== JSON_TYPE)
    throw new Error(`Chat session streams must use content type "${JSON_TYPE}"`);
  const handle = handleOf(target);
  if (!createIfMissing) return handle;
  try {
    await handle.create({ contentType: JSON_TYPE });
  } catch (error) {
    if (isConflict(error))
      throw new Error(`${handle.url} is closed, or no stream of JSON: no session`, { cause: error });
    throw error;
  }
  return handle;
}

function isConflict(error: unknown): boolean {
  return (error instanceof DurableStreamError || error instanceof FetchError) && error.status === 409;
}

/**
 * Appends chunks, without the text that older versions repeat. They are not waited for one by one. The third argument is
 * that of the official package; a session is JSON whatever it says.
 *
 * @throws the first error of an append
 */
export async function appendSanitizedChunksToStream(
  stream: Pick<DurableStream, "append">,
  chunks: readonly TanStackChunk[],
  _contentType?: string,
): Promise<void> {
  const appends = chunks.map((chunk) => stream.append(JSON.stringify(sanitizeChunkForStorage(chunk))));
  await allOf(appends);
}

/**
 * Appends the chunks of a source as they come. The stream stays open. Ends at the first append that fails, or when the source
 * does.
 *
 * @throws what ended it
 */
export async function pipeSanitizedChunksToStream(
  source: AsyncIterable<TanStackChunk>,
  stream: Pick<DurableStream, "append">,
  _contentType?: string,
): Promise<void> {
  const failed = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  for await (const chunk of source) {
    if (failed.signal.aborted) break;
    const append = stream.append(JSON.stringify(sanitizeChunkForStorage(chunk)));
    append.catch((error: unknown) => failed.abort(error));
    last = append;
  }
  // Appends of one handle are made in order: once the last is stored, all are.
  await last.catch(() => undefined);
  if (failed.signal.aborted) throw failed.signal.reason;
}

/** Waits for all, so that none fails unseen, and throws the first error. */
async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  for (const settled of await Promise.allSettled(promises)) {
    if (settled.status === "rejected") throw settled.reason;
  }
}
