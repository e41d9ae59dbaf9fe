import type { AgentId } from "../shared/agents.ts";

/** The colour of an agent. A branch that is being written breathes. */
export function AgentMark({ id, isRunning = false }: { readonly id: AgentId; readonly isRunning?: boolean }) {
  return <span className={isRunning ? `mark ${id} running` : `mark ${id}`} aria-hidden="true" />;
}
