/** The registry of a real server that is killed while streams come and go: what it says is what there is, nothing twice. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Random, Seeds, wholeNumberFrom } from "@perennial/testing";
import { afterAll, expect, test } from "vitest";
import { Http, TEXT } from "../support/http.ts";
import { listedNames, namesIn, registryEvents } from "../support/registry.ts";
import { type ServerProcess, startServer } from "./server-process.ts";

const KILLS = wholeNumberFrom("PERENNIAL_KILLS", 4);
const CLIENTS = 8;
const NAMES = 50;

const directory = await mkdtemp(join(tmpdir(), "perennial-registry-kill-"));
let server: ServerProcess | undefined;
afterAll(async () => {
  await server?.kill();
  await rm(directory, { recursive: true });
});

/** Creates and deletes until it is told to stop, or the server is gone. Resolves to how much of it was acknowledged. */
async function comeAndGo(http: Http, random: Random, signal: AbortSignal): Promise<number> {
  let acknowledged = 0;
  try {
    while (!signal.aborted) {
      const name = `s${random.below(NAMES)}`;
      if (random.chance(0.5)) await http.put(name, { headers: TEXT });
      else await http.delete(name);
      acknowledged += 1;
    }
  } catch {
    // It was killed.
  }
  return acknowledged;
}

test(`after each of ${KILLS} kills the registry says which streams there are`, async () => {
  const seed = new Seeds(1, 1 + (Date.now() % 1_000_000)).first;
  console.log(`moments of the kills from seed ${seed}`);
  const random = new Random(seed);
  const start = () => startServer({ directory, args: ["--registry"] });
  server = await start();
  for (let kill = 0; kill < KILLS; kill++) {
    const http = new Http(server.url);
    const stopped = new AbortController();
    const clients = Array.from({ length: CLIENTS }, (_, index) =>
      comeAndGo(http, new Random(seed + kill * CLIENTS + index), stopped.signal),
    );
    await expect.poll(async () => (await registryEvents(http)).length).toBeGreaterThan(100);
    // The moment itself is what varies from kill to kill.
    await delay(random.below(300));
    await server.kill();
    stopped.abort();
    const acknowledged = (await Promise.all(clients)).reduce((sum, count) => sum + count, 0);
    expect(acknowledged).toBeGreaterThan(0);
    server = await start();
    const again = new Http(server.url);
    const listed = await listedNames(again);
    await expect.poll(async () => namesIn(await registryEvents(again)), { timeout: 10_000 }).toEqual(listed);
  }
}, 3_600_000);
