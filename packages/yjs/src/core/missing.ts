import { applyAll } from "./apply-all.ts";
import type { YDoc, YjsLibrary } from "./yjs-library.ts";

/**
 * What a document holds and the server does not, or undefined if that is nothing. A shadow document is fed by what the server
 * gave, and asked what the difference would change in it: state vectors alone do not tell of deletions.
 */
export function missingOnServer(
  yjs: YjsLibrary,
  doc: YDoc,
  fromServer: readonly Uint8Array[],
): Uint8Array | undefined {
  const shadow = new yjs.Doc();
  applyAll(yjs, shadow, fromServer, undefined, () => undefined);
  let missing: Uint8Array | undefined;
  shadow.on("update", (update) => {
    missing = update;
  });
  const difference = yjs.encodeStateAsUpdate(doc as never, yjs.encodeStateVector(shadow as never));
  yjs.applyUpdate(shadow as never, difference);
  return missing;
}

/** Whether a document has nothing in it. */
export function isEmpty(yjs: YjsLibrary, doc: YDoc): boolean {
  const stateVector = yjs.encodeStateVector(doc as never);
  return stateVector.length === 1 && stateVector[0] === 0;
}
