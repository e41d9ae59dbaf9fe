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
  `import { DurableAgentRunner } from "@perennial/adapters/copilotkit";
import { Observable } from "rxjs";
declare const streamsUrl: string;
interface BaseEvent { type: "RUN_STARTED" | "RUN_FINISHED"; timestamp?: number }
// As CopilotKit has it, which is too large to be installed here.
abstract class AgentRunner {
  abstract run(request: {
    threadId: string; agent: { runAgent(input?: object, subscriber?: object): Promise<object>; abortRun(): void };
    input: { threadId: string; runId: string }; persistedInputMessages?: object[]; authToken?: string;
  }): Observable<BaseEvent>;
  abstract connect(request: { threadId: string; agentId?: string; joinCode?: string }): Observable<BaseEvent>;
  abstract isRunning(request: { threadId: string }): Promise<boolean>;
  abstract stop(request: { threadId: string; runId?: string }): Promise<boolean | undefined>;
}
export const runner: AgentRunner = new DurableAgentRunner({ streamsUrl, Observable: Observable<BaseEvent> });`,
  `import { createResumableStreamContext } from "@perennial/adapters/resumable-stream";
import type { ResumableStreamContext } from "resumable-stream/generic";
declare const streamsUrl: string;
export const context: ResumableStreamContext = createResumableStreamContext({ streamsUrl, waitUntil: null });`,
];

test("every example type-checks, and each adapter is what its host asks for", async () => {
  const examples = [...HOSTS.map((code) => ({ from: "a host", code })), ...(await examplesOf(root))];
  expect(examples.length).toBeGreaterThan(8);
  expect(await typeErrors(root, examples)).toBe("");
});
