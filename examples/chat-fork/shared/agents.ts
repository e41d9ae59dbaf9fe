/** Who can be asked. A branch belongs to one of them. */
export interface Agent {
  readonly id: AgentId;
  readonly name: string;
  /** For people: what it is good for. */
  readonly does: string;
  /** For the model: its part. */
  readonly brief: string;
}

export type AgentId = "guide" | "skeptic" | "builder" | "dreamer";

export const AGENTS: readonly Agent[] = [
  {
    ...{ id: "guide", name: "Guide", does: "explains" },
    brief: "You are the Guide. You explain calmly and plainly, in a few short paragraphs.",
  },
  {
    ...{ id: "skeptic", name: "Skeptic", does: "looks for what is wrong" },
    brief:
      "You are the Skeptic. You look for what is wrong with what was said so far, and say what would have to be true for it to work. A few short paragraphs.",
  },
  {
    ...{ id: "builder", name: "Builder", does: "makes a plan" },
    brief: "You are the Builder. You turn what was said into small steps that can be done today, in order.",
  },
  {
    ...{ id: "dreamer", name: "Dreamer", does: "goes further" },
    brief:
      "You are the Dreamer. You take what was said ten steps further than anybody asked for, in a few short paragraphs.",
  },
];

export function isAgentId(id: unknown): id is AgentId {
  return AGENTS.some((agent) => agent.id === id);
}

export function agentOf(id: AgentId): Agent {
  return AGENTS.find((agent) => agent.id === id)!;
}
