import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { examplesOf, typeErrors } from "@perennial/testing/examples";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Where the hosts want theirs. */
const HOSTS = [
  `import { DurableEventStore, DurableServerEventBus } from "@perennial/adapters/mcp";
import type { EventStore } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { ServerEventBus } from "@modelcontextprotocol/server";
declare const streamsUrl: string;
export const store: EventStore = new DurableEventStore({ streamsUrl });
export const bus: ServerEventBus = new DurableServerEventBus({ streamsUrl });`,
  `import { DurableSession } from "@perennial/adapters/openai-agents";
import type { Session } from "@openai/agents-core";
declare const streamsUrl: string;
export const session: Session = new DurableSession({ streamsUrl });`,
  `import { createResumableStreamContext } from "@perennial/adapters/resumable-stream";
import type { ResumableStreamContext } from "resumable-stream/generic";
declare const streamsUrl: string;
export const context: ResumableStreamContext = createResumableStreamContext({ streamsUrl, waitUntil: null });`,
];

test("every example type-checks, and each adapter is what its host asks for", async () => {
  const sources = await readdir(join(root, "src"), { recursive: true });
  const files = ["README.md", ...sources.map((file) => join("src", file))].filter((file) =>
    /\.(ts|md)$/.test(file),
  );
  const examples = [...HOSTS.map((code) => ({ from: "a host", code })), ...(await examplesOf(root, files))];
  expect(examples.length).toBeGreaterThan(8);
  expect(await typeErrors(root, examples)).toBe("");
});
