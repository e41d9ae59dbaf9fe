/** A proxy that is killed with SIGKILL in mid-answer: its readers get an error, and an end, within a bounded time. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createAbortFn, MemoryStorage, ResponseIncompleteError } from "@perennial/proxy/client";
import { afterEach, beforeEach, expect, it } from "vitest";
import { gate, WORDS } from "../support/model-server.ts";
import { SECRET, World } from "../support/world.ts";

const SCRIPT = fileURLToPath(new URL("proxy-process.mjs", import.meta.url));
const LEASE_SECONDS = 2;
/** The lease, a third of it until somebody looks, and what a busy machine takes. */
const BOUND_MS = LEASE_SECONDS * 1000 * (1 + 1 / 3) + 4_000;

let world: World;
let child: ChildProcess;
beforeEach(async () => {
  world = await World.start({ leaseSeconds: LEASE_SECONDS });
});
afterEach(async () => {
  child.kill("SIGKILL");
  await world.stop();
});

/** Starts the proxy that is to die. */
async function launch(port = 0): Promise<string> {
  const options = {
    ...{ host: "127.0.0.1", port, durableStreamsUrl: world.streams.url, jwtSecret: SECRET },
    ...{ allowlist: ["http://localhost:*/**"], leaseSeconds: LEASE_SECONDS },
  };
  child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  return line.toString().trim();
}

async function kill(): Promise<void> {
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

/** Reads until so much was seen. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, text: string): Promise<string> {
  let seen = "";
  while (!seen.includes(text)) seen += Buffer.from((await reader.read()).value!).toString();
  return seen;
}

async function endOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<unknown> {
  try {
    while (!(await reader.read()).done);
    return undefined;
  } catch (error) {
    return error;
  }
}

const messages = () => `${world.model.url}/v1/messages`;

it("readers through another proxy get what there was, an error, and an end", async () => {
  const url = await launch();
  world.model.pace = gate(4).pace;
  const created = await world.durableFetch({ proxyUrl: `${url}/v1/proxy` })(messages(), { requestId: "r" });
  const there = world.durableFetch({ storage: new MemoryStorage() });
  const readers = await Promise.all(
    [1, 2].map(async () => (await there(messages(), { requestId: "r" })).body!.getReader()),
  );
  await created.body?.cancel();
  for (const reader of readers) expect(await readUntil(reader, WORDS[3]!)).toContain(WORDS[0]);
  expect(world.model.calls).toBe(1);
  await kill();
  const killedAt = performance.now();
  for (const error of await Promise.all(readers.map(endOf))) {
    expect(error).toBeInstanceOf(ResponseIncompleteError);
    expect(error).toMatchObject({ outcome: "interrupted" });
  }
  expect(performance.now() - killedAt).toBeLessThan(BOUND_MS);
  // It is an answer that there is: nobody asks the model again under this name.
  const again = await there(messages(), { requestId: "r" });
  await expect(again.text()).rejects.toMatchObject({ outcome: "interrupted" });
  expect(world.model.calls).toBe(1);
});

it("readers through the killed one get an error and an end once it runs again", async () => {
  const url = await launch();
  world.model.pace = gate(3).pace;
  const response = await world.durableFetch({ proxyUrl: `${url}/v1/proxy` })(messages());
  const reader = response.body!.getReader();
  await readUntil(reader, WORDS[2]!);
  await kill();
  await launch(Number(new URL(url).port));
  const startedAt = performance.now();
  expect(await endOf(reader)).toMatchObject({ outcome: "interrupted" });
  expect(performance.now() - startedAt).toBeLessThan(BOUND_MS + 5_000);
});

it("readers through the killed one get an error if it never runs again", async () => {
  const url = await launch();
  world.model.pace = gate(3).pace;
  const durableFetch = world.durableFetch({ proxyUrl: `${url}/v1/proxy`, patienceMs: 1_500 });
  const reader = (await durableFetch(messages())).body!.getReader();
  await readUntil(reader, WORDS[2]!);
  await kill();
  const killedAt = performance.now();
  expect(await endOf(reader)).toBeInstanceOf(Error);
  expect(performance.now() - killedAt).toBeLessThan(15_000);
});

it("a request that it had not got an answer for is made by the next proxy that is asked", async () => {
  const url = await launch();
  let answers = false;
  world.model.on("/slow", (response) => {
    if (answers) response.end("there");
  });
  const slow = `${world.model.url}/slow`;
  const first = world.durableFetch({ proxyUrl: `${url}/v1/proxy` })(slow, { requestId: "r" });
  first.catch(() => undefined);
  await expect.poll(() => world.model.calls).toBe(1);
  await kill();
  answers = true;
  const response = await world.durableFetch()(slow, { requestId: "r" });
  expect(await response.text()).toBe("there");
  expect(world.model.calls).toBe(2);
});

it("an answer of a dead proxy can be aborted through any", async () => {
  const url = await launch();
  world.model.pace = gate(3).pace;
  const response = await world.durableFetch({ proxyUrl: `${url}/v1/proxy` })(messages());
  const streamUrl = response.streamUrl!.replace(url, world.proxies[0]!.url);
  await kill();
  await createAbortFn(streamUrl)();
  expect((await fetch(streamUrl)).headers.get("upstream-outcome")).toBe("aborted");
  await response.body?.cancel();
});
