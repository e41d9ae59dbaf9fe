import { afterEach, expect, it } from "vitest";
import * as Y from "yjs";
import { encodeFrames } from "../../core/framing.ts";
import { FoldThread } from "./fold-thread.ts";

const THREAD_MS = 2000;

let thread: FoldThread;
afterEach(() => thread.stop());

function frames(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText("text").insert(0, text);
  return encodeFrames([Y.encodeStateAsUpdate(doc)]);
}

async function foldedText(pieces: readonly Uint8Array[]): Promise<string> {
  const { snapshot, damaged, isWhole } = await thread.fold(async (fold) => {
    for (const piece of pieces) await fold.take("updates", piece);
    return fold.finish();
  });
  expect({ damaged, isWhole }).toEqual({ damaged: 0, isWhole: true });
  const doc = new Y.Doc();
  Y.applyUpdate(doc, snapshot);
  return doc.getText("text").toString();
}

it("takes pieces that are cut anywhere, and leaves the caller's memory alone", async () => {
  thread = new FoldThread();
  const bytes = frames("some text");
  const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
  expect(await foldedText(pieces)).toBe("some text");
  // What is handed over is a copy: memory that was given away would be empty.
  expect(bytes.length).toBeGreaterThan(10);
});

it("gives up a document for which it works too long, and takes the next one", async () => {
  thread = new FoldThread(THREAD_MS);
  const endless = thread.fold(async (fold) => {
    for (let count = 0; ; count++) await fold.take("updates", frames(`${count} `.repeat(2000)));
  });
  const next = foldedText([frames("the next one")]);
  await expect(endless).rejects.toThrow("was not done");
  expect(await next).toBe("the next one");
});

it("says that updates end inside a frame", async () => {
  thread = new FoldThread();
  const { isWhole } = await thread.fold(async (fold) => {
    await fold.take("updates", frames("x").subarray(0, -1));
    return fold.finish();
  });
  expect(isWhole).toBe(false);
});
