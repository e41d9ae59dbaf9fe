import { HEADER } from "../../core/headers.ts";
import type { Context } from "../context.ts";
import { errorResponse } from "../http/errors.ts";
import { withCors } from "../http/headers.ts";
import { readSnapshots } from "../index-stream.ts";
import { type DocumentId, YjsStreamPaths } from "../paths.ts";
import { discard } from "../upstream.ts";

/** `GET {doc}?offset=snapshot`: says by a redirect where to begin. */
export async function discoverSnapshot(
  context: Context,
  id: DocumentId,
  request: Request,
): Promise<Response> {
  const { upstream } = context;
  const { status } = await discard(
    await upstream.send("HEAD", YjsStreamPaths.dsStream(id.service, id.docPath)),
  );
  if (status === 404 || status === 410) return errorResponse("DOCUMENT_NOT_FOUND", "Document does not exist");
  const query = new URL(request.url).searchParams;
  query.set("offset", (await newestSnapshot(context, id)) ?? "-1");
  const headers = new Headers({
    // Relative, so that it holds under whatever path a proxy puts us.
    location: `?${query}`,
    [HEADER.cacheControl]: "private, max-age=5",
  });
  return new Response(null, { status: 307, headers: withCors(headers) });
}

/** The key of the newest snapshot that is there. What is remembered may be older than what another process made. */
async function newestSnapshot(context: Context, id: DocumentId): Promise<string | undefined> {
  const remembered = context.states.get(id)?.snapshotOffset;
  if (remembered != null && (await isThere(context, id, remembered)))
    return YjsStreamPaths.snapshotKey(remembered);
  const newest = (await readSnapshots(context.upstream, id)).at(-1)?.snapshotOffset;
  if (newest === undefined || newest === remembered) return undefined;
  return (await isThere(context, id, newest)) ? YjsStreamPaths.snapshotKey(newest) : undefined;
}

async function isThere(
  { upstream }: Context,
  { service, docPath }: DocumentId,
  offset: string,
): Promise<boolean> {
  const path = YjsStreamPaths.snapshotStream(service, docPath, YjsStreamPaths.snapshotKey(offset));
  const { status } = await discard(await upstream.send("HEAD", path));
  return status !== 404 && status !== 410;
}

/** `GET {doc}?offset={N}_snapshot`: the whole snapshot, and where to go on. */
export async function readSnapshot(
  { upstream }: Context,
  { service, docPath }: DocumentId,
  key: string,
  request: Request,
): Promise<Response> {
  const position = YjsStreamPaths.parseSnapshotOffset(key);
  if (position === null) return errorResponse("INVALID_REQUEST", "Invalid snapshot offset");
  const path = YjsStreamPaths.snapshotStream(service, docPath, key);
  const first = await upstream.send("GET", `${path}?offset=-1`, { signal: request.signal });
  if (!first.ok) {
    await discard(first);
    return errorResponse("SNAPSHOT_NOT_FOUND", "Snapshot does not exist");
  }
  const headers = withCors(
    new Headers({
      [HEADER.contentType]: "application/octet-stream",
      // A snapshot never changes, and is no use once another has taken its place.
      [HEADER.cacheControl]: "private, max-age=60",
      [HEADER.streamNextOffset]: position,
    }),
  );
  const pages = pagesOf(first, (offset) =>
    upstream.send("GET", `${path}?offset=${encodeURIComponent(offset)}`, { signal: request.signal }),
  );
  return new Response(bodyOf(pages), { headers });
}

/** The bytes of a stream, page after page: some servers cut long reads. */
async function* pagesOf(
  first: Response,
  next: (offset: string) => Promise<Response>,
): AsyncGenerator<Uint8Array> {
  for (let page = first; ; ) {
    if (!page.ok) throw new Error(`the snapshot broke off: ${page.status}`);
    for await (const bytes of page.body ?? []) yield bytes as Uint8Array;
    const offset = page.headers.get(HEADER.streamNextOffset);
    if (page.headers.get(HEADER.streamUpToDate) === "true" || offset === null) return;
    page = await next(offset);
  }
}

function bodyOf(pages: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pages.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => void pages.return(undefined),
  });
}
