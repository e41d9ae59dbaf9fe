/** `perennial serve --yjs` as a process, killed while people type: all that was acknowledged is there afterwards. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Random, Seeds, wholeNumberFrom } from "@perennial/testing";
import { YjsProvider } from "@perennial/yjs";
import { afterAll, expect, test } from "vitest";
import * as Y from "yjs";
import { type ServerProcess, startServer } from "../../../server/tests/crash/server-process.ts";

const KILLS = wholeNumberFrom("PERENNIAL_KILLS", 3);
const PEERS = 3;
/** Acknowledged entries before the moment of a kill is chosen. */
const ENTRIES = 30;

const directory = await mkdtemp(join(tmpdir(), "perennial-yjs-kill-"));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  await rm(directory, { recursive: true });
});

/** Types entry after entry, and knows which the server has acknowledged. */
class Typist {
  readonly acknowledged: string[] = [];
  readonly doc = new Y.Doc();
  readonly #provider: YjsProvider;
  #isStopped = false;

  constructor(baseUrl: string, name: string) {
    this.#provider = new YjsProvider({ doc: this.doc, baseUrl, docId: "killed", maxBackoffTime: 50 });
    void this.#type(name);
  }

  async #type(name: string): Promise<void> {
    await this.#provider.connect();
    const entries = this.doc.getArray<string>("entries");
    for (let count = 0; !this.#isStopped; count++) {
      const entry = `${name} ${count}`;
      entries.insert(entries.length >> 1, [entry]);
      await this.#provider.flush();
      if (!this.#provider.hasUnsyncedChanges && !this.#isStopped) this.acknowledged.push(entry);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#provider.destroy();
  }
}

test(`acknowledged edits survive ${KILLS} kills`, async () => {
  const seed = new Seeds(1, 1 + (Date.now() % 1_000_000)).first;
  console.log(`moments of the kills from seed ${seed}`);
  const random = new Random(seed);
  const acknowledged = new Set<string>();
  const args = ["--yjs", "--log-level", "info"];
  server = await startServer({ directory, args });
  for (let kill = 0; kill < KILLS; kill++) {
    const baseUrl = `${server.url}/v1/yjs/test`;
    const typists = Array.from({ length: PEERS }, (_, peer) => new Typist(baseUrl, `${kill}.${peer}`));
    const count = () => typists.reduce((sum, typist) => sum + typist.acknowledged.length, 0);
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(ENTRIES);
    // The moment itself is what varies from kill to kill.
    await delay(random.below(100));
    await server.kill();
    for (const typist of typists) {
      typist.stop();
      for (const entry of typist.acknowledged) acknowledged.add(entry);
    }
    server = await startServer({ directory, args });
    const doc = new Y.Doc();
    const reader = new YjsProvider({
      doc,
      baseUrl: `${server.url}/v1/yjs/test`,
      docId: "killed",
      readOnly: true,
    });
    await expect.poll(() => reader.synced).toBe(true);
    const found = doc.getArray<string>("entries").toArray();
    expect(new Set(found).size).toBe(found.length);
    expect([...acknowledged].filter((entry) => !found.includes(entry))).toEqual([]);
    reader.destroy();
  }
}, 600_000);
