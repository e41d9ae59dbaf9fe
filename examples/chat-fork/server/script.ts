/** What the scripted model says: each agent in its own way, chosen by the question. */
import { AGENTS, type AgentId } from "../shared/agents.ts";

const SAYS: Readonly<Record<AgentId, readonly string[]>> = {
  guide: [
    "Think of the conversation as a path, and of this message as a place on it. From here you can go on, or put up a sign and walk in another direction. The path behind you is the same for both.",
    "A branch here is not a copy. It is a second name for everything up to this message, and then its own list of what comes next. So it costs nothing to make one, however long the conversation is.",
    "Whoever opens a branch reads one sequence: first what was said before the fork, then what was said after it. Nothing that happens later on the old path can change that.",
    "When two ways look equally good, take both. Ask the same question twice from the same place, let the answers grow side by side, and keep the one that you would rather have thought of yourself.",
  ],
  skeptic: [
    "Before we go on: what would have to be true for this to work? I count three things, and only one of them was said aloud.",
    "First, the cost. Two branches are two answers, and somebody pays for both. That is fine while you choose between them, and wasteful if nobody ever looks at the second one.",
    "Second, the choice. Comparing is work. If you cannot say beforehand what would make one answer better, you will take the longer one.",
    "Third, the way back. What is learned on one branch does not come to the others by itself. That is the point of a branch, and also its price.",
    "None of this says no. It says: name the question that the branch has to answer, and close it once it has.",
  ],
  builder: [
    "Here is the smallest thing that could work, and then what to add to it.",
    "1. Write down, in one sentence, what you want to know. That sentence is the title of the branch.",
    "2. Fork at the last message on which everybody agreed. Not earlier, or you will argue about it again.",
    "3. Ask one agent for the plan and another for what is wrong with it. They run at the same time, so you wait for the slower one only.",
    "4. Read both, side by side. Take one sentence out of each over to the trunk.",
    "5. Delete what you do not need. The streams that others still read stay for as long as they read them.",
  ],
  dreamer: [
    "What if nobody ever had to choose? Every question that could be asked from here is a branch that could be there, and asking is only a way of looking at it.",
    "Imagine a conversation of a hundred years, with a hundred thousand branches. You open it, and it begins with the same four words for everyone. Somewhere near the top the first person said: what if we tried it the other way?",
    "Agents wander through it at night. They fork where people hesitated, go on for a while, and leave a note at the place where they turned off: this way led somewhere.",
    "In the morning you read the notes and not the paths. You pick one, and walk on from there as if you had always been going that way.",
  ],
};

/** The words of an answer, each with the space before it. */
export function tokensFor(question: string, system: string): string[] {
  const { id, name } = AGENTS.find(({ brief }) => brief === system) ?? AGENTS[0]!;
  const about = question.length > 60 ? `${question.slice(0, 60)}…` : question;
  const text = [`${name}, on “${about}”.`, ...SAYS[id]].join("\n\n");
  // Long words are several tokens, as those of real models are.
  return text.match(/\s*\S{1,6}/g) ?? [];
}
