/**
 * The thread in which documents are compacted: it is given one as it is stored, piece by piece, and gives back its state. What
 * it holds is bounded by its heap's limit; should that be reached, this thread ends and nothing else.
 *
 *     { kind: "snapshot" | "updates", bytes }   ->  { kind: "taken" }
 *     { kind: "finish" }                        ->  { kind: "finished", snapshot, damaged, isWhole }
 */
import { parentPort } from "node:worker_threads";
import * as Y from "yjs";
import { applyAll } from "../dist/core/apply-all.js";
import { FrameDecoder } from "../dist/core/framing.js";

const yjs = {
  ...Y,
  /** Read once before it is applied: what breaks off halfway would leave half of it in the document. */
  applyUpdate(target, update) {
    Y.decodeUpdate(update);
    Y.applyUpdate(target, update);
  },
};

let doc;
let frames;
let snapshotParts;
let damaged;
begin();

function begin() {
  doc = new Y.Doc();
  frames = new FrameDecoder();
  snapshotParts = [];
  damaged = 0;
}

parentPort.on("message", ({ kind, bytes }) => {
  if (kind === "finish") finish();
  else take(kind, bytes);
});

function take(kind, bytes) {
  if (kind === "snapshot") snapshotParts.push(bytes);
  else {
    applySnapshot();
    apply(frames.push(bytes));
  }
  parentPort.postMessage({ kind: "taken" });
}

/** A snapshot is one update, however many pieces it comes in. */
function applySnapshot() {
  if (snapshotParts.length === 0) return;
  const snapshot = Buffer.concat(snapshotParts);
  snapshotParts = [];
  apply([snapshot]);
}

function apply(updates) {
  applyAll(yjs, doc, updates, null, () => {
    damaged++;
  });
}

function finish() {
  applySnapshot();
  const snapshot = Y.encodeStateAsUpdate(doc);
  parentPort.postMessage({ kind: "finished", snapshot, damaged, isWhole: frames.isAtBoundary }, [
    snapshot.buffer,
  ]);
  doc.destroy();
  begin();
}
