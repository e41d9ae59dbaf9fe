import { expect } from "vitest";
import type { AdapterProcess } from "./adapter-process.ts";
import type { Case, Expected, Step } from "./case.ts";
import { WatchedServer } from "./watched-server.ts";

interface World {
  readonly adapter: AdapterProcess;
  readonly serverUrl: string;
  /** Resolves when the stream is being read. */
  readonly whenRead: Promise<void>;
  readonly path: string;
  readonly saved: Map<string, unknown>;
  background: Promise<Record<string, unknown>> | undefined;
}

/** Runs a case on a stream of its own. */
export async function runCase(
  adapter: AdapterProcess,
  serverUrl: string,
  path: string,
  given: Case,
): Promise<void> {
  const watched = await WatchedServer.start(serverUrl);
  const whenRead = watched.whenRead(path);
  const world: World = { adapter, serverUrl, whenRead, path, saved: new Map(), background: undefined };
  await adapter.execute({ type: "init", serverUrl: watched.url });
  if (given.stream !== undefined) {
    await adapter.execute({ type: "create", path, contentType: given.stream });
  }
  try {
    for (const step of given.steps) await runStep(world, step);
  } finally {
    await world.background;
    watched.stop();
    if (given.needs !== undefined) await fetch(`${serverUrl}/_test/inject-error`, { method: "DELETE" });
  }
}

async function runStep(world: World, step: Step): Promise<void> {
  if ("server" in step) await actOnServer(world, step);
  else if ("inject" in step) await inject(world, step.inject);
  else if ("await" in step) check((await world.background) ?? {}, step.expect);
  else await command(world, step);
}

async function command(world: World, step: Extract<Step, { do: string }>): Promise<void> {
  const result = world.adapter.execute({ type: step.do, path: world.path, ...filled(world, step.with) });
  if (step.background) {
    world.background = result;
    return;
  }
  const given = await result;
  check(given, step.expect);
  for (const [name, field] of Object.entries(step.save ?? {})) world.saved.set(name, given[field]);
}

function check(result: Record<string, unknown>, expected: Expected = {}): void {
  const chunks = (result.chunks ?? []) as readonly { readonly data: string }[];
  const data = chunks.map((chunk) => chunk.data).join("");
  // Without an expected error a failed command is a failed case, whatever else it did not say.
  const wanted = "errorCode" in expected ? expected : { success: true, ...expected };
  expect({ ...result, data, chunkCount: chunks.length }).toMatchObject(wanted);
}

async function actOnServer(world: World, step: Extract<Step, { server: string }>): Promise<void> {
  if (step.whenRead) await world.whenRead;
  if (step.afterMs !== undefined) await new Promise((resolve) => setTimeout(resolve, step.afterMs));
  const headers: Record<string, string> = { "content-type": step.contentType ?? "text/plain" };
  if (step.server === "close") headers["stream-closed"] = "true";
  const init = { method: "POST", headers, ...(step.data === undefined ? {} : { body: step.data }) };
  const response = await fetch(`${world.serverUrl}${world.path}`, init);
  expect(response.ok).toBe(true);
}

async function inject(world: World, fault: Readonly<Record<string, unknown>>): Promise<void> {
  const body = JSON.stringify({ path: world.path, ...fault });
  await fetch(`${world.serverUrl}/_test/inject-error`, { method: "POST", body });
}

function filled(world: World, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const fill = (value: unknown) =>
    typeof value === "string" && value.startsWith("$") ? world.saved.get(value.slice(1)) : value;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, fill(value)]));
}
