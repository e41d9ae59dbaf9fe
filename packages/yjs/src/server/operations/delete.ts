import type { Context } from "../context.ts";
import { errorResponse } from "../http/errors.ts";
import { pass } from "../http/pass.ts";
import { readIndex, readSnapshots } from "../index-stream.ts";
import { type DocumentId, isName, YjsStreamPaths } from "../paths.ts";
import { discard } from "../upstream.ts";

/** `DELETE {doc}`: the updates, and then all that is beside them. */
export async function deleteDocument(context: Context, id: DocumentId): Promise<Response> {
  const path = YjsStreamPaths.dsStream(id.service, id.docPath);
  const response = await context.upstream.send("DELETE", path);
  // Also what a deletion that was cut short left.
  if (response.ok || response.status === 404) await removeBeside(context, id);
  if (response.status === 404) {
    await discard(response);
    return errorResponse("DOCUMENT_NOT_FOUND", "Document does not exist");
  }
  return pass(response, "DOCUMENT_NOT_FOUND");
}

/** Removes snapshots and presence. What cannot be removed now is by the next creation of the document. */
export async function removeBeside(context: Context, id: DocumentId): Promise<void> {
  const { upstream, states, logger } = context;
  const { service, docPath } = id;
  states.delete(id);
  try {
    // The index goes first: what it does not name is no snapshot of anything.
    const snapshots = await readSnapshots(upstream, id);
    const names = await readIndex(upstream, YjsStreamPaths.awarenessIndexStream(service, docPath));
    const remove = async (path: string): Promise<unknown> => discard(await upstream.send("DELETE", path));
    await remove(YjsStreamPaths.indexStream(service, docPath));
    const keys = new Set(snapshots.map(({ snapshotOffset }) => YjsStreamPaths.snapshotKey(snapshotOffset)));
    for (const key of keys) await remove(YjsStreamPaths.snapshotStream(service, docPath, key));
    const named = names.map((entry) => String(entry.name)).filter(isName);
    for (const name of new Set(["default", ...named]))
      await remove(YjsStreamPaths.awarenessStream(service, docPath, name));
    await remove(YjsStreamPaths.awarenessIndexStream(service, docPath));
  } catch (error) {
    logger.warn({ ...id, err: error }, "some of a deleted document is left, until it is created again");
  }
}
