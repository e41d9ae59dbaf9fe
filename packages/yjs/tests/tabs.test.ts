/** Tabs of one browser: one connection, whoever is closed. */

import { YjsProvider as CoreProvider, type TabEnvironment } from "@perennial/yjs/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import * as awarenessProtocol from "y-protocols/awareness";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { BASE, World } from "./support/world.ts";

/** A browser: channels of the runtime, and locks that go to whoever waits longest. */
class Browser implements TabEnvironment {
  readonly #held = new Map<string, Promise<void>>();

  openChannel(name: string): BroadcastChannel {
    const channel = new BroadcastChannel(name);
    (channel as unknown as { unref(): void }).unref();
    return channel;
  }

  async holdLock(name: string, signal: AbortSignal, held: () => Promise<void>): Promise<void> {
    const before = this.#held.get(name) ?? Promise.resolve();
    const mine = before.then(() => (signal.aborted ? undefined : held()));
    this.#held.set(name, mine);
    await mine;
  }
}

let world: World;
let browser: Browser;
const tabs: CoreProvider<Y.Doc, Awareness>[] = [];

beforeEach(() => {
  world = new World();
  browser = new Browser();
});
afterEach(async () => {
  for (const tab of tabs.splice(0)) {
    tab.destroy();
    tab.awareness?.destroy();
  }
  await world.close();
});

function openTab(docId: string, doc = new Y.Doc()): CoreProvider<Y.Doc, Awareness> {
  const tab = new CoreProvider({
    ...{ yjs: Y, awarenessProtocol, doc, awareness: new Awareness(doc) },
    ...{ baseUrl: BASE, docId, fetch: world.fetch, maxBackoffTime: 20, tabs: browser },
  });
  tabs.push(tab);
  return tab;
}

const text = (tab: { readonly doc: Y.Doc }): string => tab.doc.getText("text").toString();
const reading = (): number =>
  world.asked.filter((asked) => /^GET .*docs\/d\?.*live=sse/.test(asked) && !asked.includes("awareness"))
    .length;

async function stored(docId: string): Promise<string> {
  return text(await world.opened(docId));
}

it("share one connection, and are in step by it", async () => {
  const [first, second, third] = [openTab("d"), openTab("d"), openTab("d")];
  for (const tab of [first, second, third]) await expect.poll(() => tab.synced).toBe(true);
  second.doc.getText("text").insert(0, "from the second");
  await expect.poll(() => text(third)).toBe("from the second");
  await expect.poll(() => second.unsyncedChanges).toBe(0);
  expect(await stored("d")).toBe("from the second");
  const elsewhere = await world.opened("d");
  elsewhere.doc.getText("text").insert(0, "and elsewhere, ");
  for (const tab of [first, second, third])
    await expect.poll(() => text(tab)).toBe("and elsewhere, from the second");
  const snapshots = world.asked.filter((asked) => asked.includes("offset=snapshot"));
  // One for all tabs, one each for the two peers.
  expect(snapshots.length).toBeLessThanOrEqual(4);
  expect(reading()).toBeLessThanOrEqual(3);
});

it("go on when the one that has the connection is closed, with all that was changed", async () => {
  const [first, second] = [openTab("d"), openTab("d")];
  await expect.poll(() => second.synced).toBe(true);
  // The server takes nothing: what is changed now exists in tabs only.
  let isUp = false;
  world.intercept = (_request, pass) => (isUp ? pass() : Promise.reject(new TypeError("refused")));
  first.doc.getText("text").insert(0, "one ");
  second.doc.getText("text").insert(0, "two ");
  await expect.poll(() => text(second)).toContain("one ");
  expect(second.hasUnsyncedChanges).toBe(true);
  first.destroy();
  isUp = true;
  await expect.poll(() => second.synced).toBe(true);
  const found = await stored("d");
  expect(found).toBe(text(second));
  expect(found.split(" ").sort().join(" ").trim()).toBe("one two");
});

it("bring what a local copy held into the tab that has the connection", async () => {
  const first = openTab("d");
  await expect.poll(() => first.synced).toBe(true);
  const doc = new Y.Doc();
  doc.getText("text").insert(0, "from a local copy");
  const second = openTab("d", doc);
  await expect.poll(() => second.synced).toBe(true);
  expect(await stored("d")).toBe("from a local copy");
});

it("are all seen by the others", async () => {
  const [first, second] = [openTab("d"), openTab("d")];
  for (const tab of [first, second]) await expect.poll(() => tab.synced).toBe(true);
  const doc = new Y.Doc();
  const elsewhere = await world.opened("d", { doc, awareness: new Awareness(doc) });
  elsewhere.awareness!.setLocalStateField("user", "Eve");
  first.awareness!.setLocalStateField("user", "Ada");
  second.awareness!.setLocalStateField("user", "Bob");
  const named = (awareness: Awareness): string[] =>
    [...awareness.getStates().values()].map(({ user }) => user).sort();
  for (const each of [elsewhere, first, second])
    await expect.poll(() => named(each.awareness!)).toEqual(["Ada", "Bob", "Eve"]);
  second.destroy();
  await expect.poll(() => named(elsewhere.awareness!)).toEqual(["Ada", "Eve"]);
  elsewhere.destroy();
  elsewhere.awareness!.destroy();
});
