import type { YDoc, YjsLibrary } from "./yjs-library.ts";

/** Updates that are applied as one. */
const BATCH_UPDATES = 300;
/** And bytes of them, unless one alone has more: to merge long ones would only copy them. */
const BATCH_BYTES = 256 * 1024;

/**
 * Applies updates in one transaction, which is not the user's. One that is damaged is told and left out.
 *
 * They are merged some hundred at a time. While something is missing before them, as when its writer's provider has lost it, Yjs merges
 * each update into all that wait with it: one by one, 70,000 of them, a megabyte, would take it half an hour.
 */
export function applyAll(
  yjs: Pick<YjsLibrary, "applyUpdate" | "decodeUpdate" | "mergeUpdates" | "transact">,
  doc: YDoc,
  updates: readonly Uint8Array[],
  origin: unknown,
  onDamaged: (error: Error) => void,
): void {
  const apply = (update: Uint8Array): void => yjs.applyUpdate(doc as never, update, origin);
  const readable = updates.filter((update) => isReadable(yjs, update, onDamaged));
  const applyBatches = (): void => {
    for (const batch of batchesOf(readable)) {
      const [only] = batch;
      try {
        apply(batch.length === 1 ? only! : yjs.mergeUpdates(batch));
      } catch (error) {
        if (batch.length === 1) onDamaged(error as Error);
        else applyEach(batch, apply, onDamaged);
      }
    }
  };
  yjs.transact(doc as never, applyBatches, origin, false);
}

/**
 * Reads an update to its end, struct by struct, before anything else does. Yjs believes one of seven bytes that says it has 32
 * million structs, and makes room for them: 256 MB and a third of a second each; and of one that breaks off it keeps the half.
 * A long one, such as a snapshot, is spared: an honest one of its length takes as long as that.
 */
function isReadable(
  { decodeUpdate }: Pick<YjsLibrary, "decodeUpdate">,
  update: Uint8Array,
  onDamaged: (error: Error) => void,
): boolean {
  if (update.length === 0) return false;
  try {
    if (update.length <= BATCH_BYTES) decodeUpdate?.(update);
    return true;
  } catch (error) {
    onDamaged(error as Error);
    return false;
  }
}

/** One of them is damaged. What was applied already does no harm again. */
function applyEach(
  updates: readonly Uint8Array[],
  apply: (update: Uint8Array) => void,
  onDamaged: (error: Error) => void,
): void {
  for (const update of updates) {
    try {
      apply(update);
    } catch (error) {
      onDamaged(error as Error);
    }
  }
}

function* batchesOf(updates: readonly Uint8Array[]): Generator<Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let bytes = 0;
  for (const update of updates) {
    if (batch.length === BATCH_UPDATES || (batch.length > 0 && bytes + update.length > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(update);
    bytes += update.length;
  }
  if (batch.length > 0) yield batch;
}
