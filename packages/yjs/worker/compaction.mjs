/**
 * The thread in which documents are compacted: it is given a document piece by piece, and gives back its state. What it
 * holds is bounded by its heap's limit; should that be reached, this thread ends and nothing else.
 *
 *     { kind: "snapshot" | "updates", pieces }   ->  { kind: "taken" }
 *     { kind: "finish" }                         ->  { kind: "finished", snapshot, damaged }
 */
import { parentPort } from "node:worker_threads";
import * as Y from "yjs";

let doc = new Y.Doc();
let damaged = 0;

parentPort.on("message", (message) => {
  if (message.kind === "finish") finish();
  else take(message.pieces);
});

function take(pieces) {
  Y.transact(
    doc,
    () => {
      for (const piece of pieces) {
        try {
          // Read once before it is applied: what breaks off halfway would leave half of it in the document.
          Y.decodeUpdate(piece);
          Y.applyUpdate(doc, piece);
        } catch {
          damaged++;
        }
      }
    },
    null,
    false,
  );
  parentPort.postMessage({ kind: "taken" });
}

function finish() {
  const snapshot = Y.encodeStateAsUpdate(doc);
  parentPort.postMessage({ kind: "finished", snapshot, damaged }, [snapshot.buffer]);
  doc.destroy();
  doc = new Y.Doc();
  damaged = 0;
}
