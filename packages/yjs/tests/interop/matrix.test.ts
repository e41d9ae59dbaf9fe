/** Our provider and the official one, with our server and the official one, over both Durable Streams servers. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { OFFICIAL_PROVIDER, OURS, type Peer, type ProviderKind } from "../support/peers.ts";
import {
  EMBEDDED,
  MOUNTED,
  OFFICIAL,
  OFFICIAL_OVER_OURS,
  OURS_IN_FRONT_OF_REFERENCE,
  type RunningServer,
} from "../support/servers.ts";

const THRESHOLD = 1500;
const PAIRS: [ProviderKind, ProviderKind][] = [
  [OURS, OURS],
  [OURS, OFFICIAL_PROVIDER],
  [OFFICIAL_PROVIDER, OURS],
  [OFFICIAL_PROVIDER, OFFICIAL_PROVIDER],
];

describe.each([EMBEDDED, MOUNTED, OURS_IN_FRONT_OF_REFERENCE, OFFICIAL, OFFICIAL_OVER_OURS])(
  "with $name",
  (kind) => {
    let server: RunningServer;
    let peers: Peer[] = [];
    let count = 0;

    beforeAll(async () => {
      server = await kind.start(THRESHOLD);
    });
    beforeEach(() => {
      count++;
    });
    afterEach(() => {
      for (const peer of peers) peer.leave();
      peers = [];
    });
    afterAll(() => server.stop());

    function open(provider: ProviderKind, docId = `a/document-${count}`): Peer {
      const peer = provider.open(server.url, docId);
      peers.push(peer);
      return peer;
    }

    async function opened(provider: ProviderKind): Promise<Peer> {
      const peer = open(provider);
      await expect.poll(() => peer.provider.synced).toBe(true);
      return peer;
    }

    describe.each(
      PAIRS.map(([first, second]) => ({ first, second, name: `${first.name} and ${second.name}` })),
    )("$name", ({ first, second }) => {
      it("see each other's edits, and end equal", async () => {
        const a = await opened(first);
        a.type("one ");
        await a.provider.flush();
        const b = await opened(second);
        expect(b.text()).toBe("one ");
        b.type("two ");
        await expect.poll(() => a.text()).toBe("one two ");
        a.doc.getMap("map").set("from", "a");
        b.doc.getArray("array").push([1, 2]);
        await expect.poll(() => b.doc.getMap("map").get("from")).toBe("a");
        await expect.poll(() => a.doc.getArray("array").toArray()).toEqual([1, 2]);
        expect(Y.encodeStateVector(a.doc)).toEqual(Y.encodeStateVector(b.doc));
        expect([...a.errors, ...b.errors]).toEqual([]);
      });

      it("see who is there, and who left", async () => {
        const a = await opened(first);
        a.awareness.setLocalStateField("user", { name: "Ada" });
        const b = await opened(second);
        b.awareness.setLocalStateField("user", { name: "Bob" });
        const named = (peer: Peer) =>
          [...peer.awareness.getStates().values()].map(({ user }) => user?.name).sort();
        // Official providers are not told of those who are there already, until these do something.
        const moved = (peer: Peer, other: Peer): string[] => {
          peer.awareness.setLocalStateField("cursor", Math.random());
          return named(other);
        };
        await expect.poll(() => moved(a, b), { interval: 50 }).toEqual(["Ada", "Bob"]);
        await expect.poll(() => moved(b, a), { interval: 50 }).toEqual(["Ada", "Bob"]);
        b.provider.destroy();
        await expect.poll(() => named(a)).toEqual(["Ada"]);
      });

      it("open a compacted document, and go on behind its snapshot", async () => {
        const a = await opened(first);
        for (let write = 0; write < 10; write++) {
          a.type("x".repeat(200));
          await a.provider.flush();
        }
        await expect.poll(() => server.snapshotOffset(`a/document-${count}`)).toBeTruthy();
        a.type(" after");
        await a.provider.flush();
        const b = await opened(second);
        expect(b.text()).toBe(`${"x".repeat(2000)} after`);
        b.type(" both");
        await expect.poll(() => a.text()).toBe(`${"x".repeat(2000)} after both`);
        expect(a.provider.connected).toBe(true);
      });
    });
  },
);
