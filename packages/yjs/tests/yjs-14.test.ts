/** `@y/y` 14, whose classes are not those of `yjs` 13: the core is given its functions and works. */
import { YjsProvider } from "@perennial/yjs/core";
import * as awarenessProtocol from "@y/protocols/awareness";
import * as Y from "@y/y";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BASE, textOf, World } from "./support/world.ts";

let world: World;
const peers: ReturnType<typeof peer>[] = [];

beforeEach(() => {
  world = new World({ compactionThreshold: 500 });
});
afterEach(async () => {
  for (const { provider, awareness } of peers.splice(0)) {
    provider.destroy();
    awareness.destroy();
  }
  await world.close();
});

function peer() {
  const doc = new Y.Doc();
  const awareness = new awarenessProtocol.Awareness(doc);
  const provider = new YjsProvider({
    ...{ yjs: Y, awarenessProtocol, doc, awareness },
    ...{ baseUrl: BASE, docId: "d", fetch: world.fetch, maxBackoffTime: 20, connect: false },
  });
  return { provider, awareness, text: doc.get("text") };
}

async function opened(): Promise<ReturnType<typeof peer>> {
  const made = peer();
  peers.push(made);
  await made.provider.connect();
  return made;
}

it("two peers see each other's edits and presence", async () => {
  const [ada, grace] = [await opened(), await opened()];
  ada.text.insert(0, "Hello");
  await expect.poll(() => grace.text.toString()).toBe("Hello");
  grace.text.insert(5, ", Ada");
  await expect.poll(() => ada.text.toString()).toBe("Hello, Ada");
  ada.awareness.setLocalStateField("user", { name: "Ada" });
  await expect
    .poll(() => grace.awareness.getStates().get(ada.awareness.clientID))
    .toEqual({ user: { name: "Ada" } });
});

it("edits that were made offline are sent when it connects again", async () => {
  const ada = await opened();
  ada.text.insert(0, "one");
  await ada.provider.flush();
  await ada.provider.disconnect();
  ada.text.insert(3, " two");
  await ada.provider.connect();
  await ada.provider.flush();
  expect((await opened()).text.toString()).toBe("one two");
});

it("opens from a snapshot that the server made, as a peer of yjs 13 does", async () => {
  const ada = await opened();
  for (let line = 0; line < 40; line++) {
    ada.text.insert(ada.text.length, `line ${line}, long enough to count\n`);
    await ada.provider.flush();
  }
  await world.yjs.compactor.idle();
  world.asked.length = 0;
  expect((await opened()).text.toString()).toBe(ada.text.toString());
  expect(world.asked.some((asked) => asked.includes("_snapshot"))).toBe(true);
  expect(textOf(await world.opened("d")).toString()).toBe(ada.text.toString());
});
