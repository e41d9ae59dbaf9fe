export { type AgentRunnerOptions, DurableAgentRunner } from "./agent-runner.ts";
export type { AguiEvent, ObservableClass, RunnableAgent, RunRequest } from "./types.ts";
