import { Random, replayOf, Seeds } from "@perennial/testing";
import * as Y14 from "@y/y";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { applyAll } from "./apply-all.ts";

/** What three peers send who see each other's changes now and then. */
function updatesOf(random: Random, edits: number): Uint8Array[] {
  const docs = [1, 2, 3].map(() => new Y.Doc());
  const updates: Uint8Array[] = [];
  for (const doc of docs)
    doc.on("update", (update: Uint8Array, _origin, _doc, { local }: Y.Transaction) => {
      if (local) updates.push(update);
    });
  for (let edit = 0; edit < edits; edit++) {
    const doc = random.pick(docs);
    if (random.chance(0.1)) Y.applyUpdate(doc, Y.encodeStateAsUpdate(random.pick(docs)));
    const text = doc.getText("text");
    if (text.length > 0 && random.chance(0.3)) text.delete(random.below(text.length), 1);
    else text.insert(random.below(text.length + 1), random.chance(0.02) ? "long".repeat(2000) : "x");
  }
  return updates;
}

function textAfter(apply: (doc: Y.Doc) => void): string {
  const doc = new Y.Doc();
  apply(doc);
  return doc.getText("text").toString();
}

const seeds = new Seeds(20);
it(`gives what Yjs gives for one update after the other, also where some are damaged (${seeds})`, () => {
  for (const seed of seeds) {
    const random = new Random(seed);
    const updates = updatesOf(random, 700);
    const damaged = random.below(3);
    for (let count = 0; count < damaged; count++)
      updates.splice(random.below(updates.length), 0, Uint8Array.of(1, 1, 200));
    updates.splice(random.below(updates.length), 0, new Uint8Array());
    let told = 0;
    const batched = textAfter((doc) => applyAll(Y as never, doc, updates, "server", () => told++));
    const single = textAfter((doc) => {
      for (const update of updates) {
        try {
          Y.applyUpdate(doc, update);
        } catch {
          // Left out.
        }
      }
    });
    expect(batched, replayOf(seed)).toBe(single);
    expect(told, replayOf(seed)).toBe(damaged);
  }
});

it("merges updates before Yjs has them, so that those that wait for another one are not merged with all others each", () => {
  const updates: Uint8Array[] = [];
  const doc = new Y.Doc();
  doc.on("update", (update: Uint8Array) => updates.push(update));
  for (let edit = 0; edit < 3000; edit++) doc.getText("text").insert(edit, "x");
  let applied = 0;
  const yjs = {
    ...Y,
    applyUpdate(target: Y.Doc, update: Uint8Array) {
      applied++;
      Y.applyUpdate(target, update);
    },
  };
  const target = new Y.Doc();
  // Every second is missing.
  const some = updates.filter((_, index) => index % 2 === 1);
  applyAll(yjs as never, target, some, "server", () => undefined);
  expect(applied).toBe(5);
  applyAll(yjs as never, target, updates, "server", () => undefined);
  expect(target.getText("text").length).toBe(3000);
});

describe.each([
  ["yjs 13", Y],
  ["yjs 14", Y14],
])("with %s", (_name, yjs) => {
  it("makes no room for what a damaged update says it has, and keeps no half of it", () => {
    const good = new Y.Doc();
    good.getMap("map").set("key", "value");
    const whole = Y.encodeStateAsUpdate(good);
    // One client with 2^25 - 1 structs, and none of them.
    const liar = Uint8Array.of(1, 255, 255, 255, 15, 77, 0);
    const half = whole.subarray(0, -1);
    const doc = new yjs.Doc();
    let told = 0;
    let applied = 0;
    const counting = {
      ...yjs,
      applyUpdate(target: never, update: Uint8Array) {
        applied++;
        yjs.applyUpdate(target, update);
      },
    };
    for (const updates of [Array<Uint8Array>(400).fill(liar), [liar], [half]])
      applyAll(counting as never, doc as never, updates, "server", () => told++);
    expect({ told, applied }).toEqual({ told: 402, applied: 0 });
    applyAll(counting as never, doc as never, [whole], "server", () => told++);
    expect({ told, applied }).toEqual({ told: 402, applied: 1 });
  });
});
