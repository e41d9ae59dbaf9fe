/** Documents of very many edits: they open from their snapshots, and whoever makes these stands in nobody's way. */
import { encodeFrames } from "@perennial/yjs/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import * as Y from "yjs";
import { manyEdits } from "./support/many-edits.ts";
import { textOf, World } from "./support/world.ts";

const MILLION = 1_000_000;
const PER_REQUEST = 20_000;
const PATIENCE_MS = 300_000;

let world: World;
beforeEach(() => {
  // Compacted when the test says so.
  world = new World({ compactionThreshold: 2 ** 40 });
});
afterEach(() => world.close());

async function write(docId: string, edits: number): Promise<void> {
  await world.ask("PUT", `/docs/${docId}`);
  let updates: Uint8Array[] = [];
  const send = async (): Promise<void> => {
    const { status } = await world.ask("POST", `/docs/${docId}`, { body: encodeFrames(updates) });
    expect(status).toBe(204);
    updates = [];
  };
  for (const update of manyEdits(edits)) if (updates.push(update) === PER_REQUEST) await send();
  if (updates.length > 0) await send();
}

it("a document made of updates that were put together by hand is one that Yjs reads", () => {
  const doc = new Y.Doc();
  for (const update of manyEdits(35)) Y.applyUpdate(doc, update);
  const text = doc.getText("text");
  expect(text.length).toBe(35);
  text.insert(0, ">");
  expect(text.toString()).toBe(`>${"x".repeat(35)}`);
});

it(
  "a document of a million edits opens from its snapshot, and goes on behind it",
  async () => {
    await write("d", MILLION);
    await world.yjs.compactor.triggerCompaction("test", "d");
    expect(world.warnings).toEqual([]);

    const provider = await world.opened("d");
    expect(provider.synced).toBe(true);
    expect(textOf(provider).length).toBe(MILLION);
    expect(world.asked.filter((asked) => asked.includes("offset=-1"))).toEqual([]);
    expect(world.asked.filter((asked) => /offset=[0-9_]+_snapshot/.test(asked))).toHaveLength(1);

    textOf(provider).insert(0, ">");
    await provider.flush();
    expect(
      textOf(await world.opened("d"))
        .toString()
        .startsWith(">x"),
    ).toBe(true);
  },
  PATIENCE_MS,
);

it(
  "while a large document is compacted, appends to others are answered all the time",
  async () => {
    await write("large", 300_000);
    await world.ask("PUT", "/docs/other");
    const body = encodeFrames([Y.encodeStateAsUpdate(new Y.Doc())]);
    let isDone = false;
    const compaction = world.yjs.compactor.triggerCompaction("test", "large").then(() => {
      isDone = true;
    });
    let answered = 0;
    while (!isDone) {
      const { status } = await world.ask("POST", "/docs/other", { body });
      expect(status).toBe(204);
      answered++;
      // As requests come: with what else there is to do.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await compaction;
    // On the thread that answers it would be one for each piece that is read, about a hundred.
    expect(answered).toBeGreaterThan(500);
  },
  PATIENCE_MS,
);
