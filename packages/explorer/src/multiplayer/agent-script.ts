/** What the scripted agent writes: it depends on the conversation alone, so another agent can go on in mid-answer. */
import type { Conversation, SessionEvent } from "./session-log.ts";

const ANSWERS = [
  "Every word of this answer is one message of a durable stream. Refresh the page while I write: the words that were " +
    "written are read again, and I go on with the next one, because what I have said is in the stream and not in me.",
  "Drop one of the two people now. The other goes on and sees all of this. Whoever was dropped keeps the offset of the " +
    "last message that arrived, asks for what comes after it, and has missed nothing and seen nothing twice.",
  "Two people, an agent, one URL. Nobody here holds the conversation: each reads the same stream at a pace of their own, " +
    "and writes to it as a producer whose repeated attempts are stored once.",
];

/** The words of the answer to the question of this number, each with its space. */
export function answerWords(question: number): readonly string[] {
  return ANSWERS[question % ANSWERS.length]!.match(/\S+\s*/g) ?? [];
}

/** What an agent writes next: the first exchange that is not answered goes on. undefined: there is nothing to answer. */
export function nextEvent(conversation: Conversation): SessionEvent | undefined {
  const question = conversation.findIndex(({ isAnswered }) => !isAnswered);
  const exchange = conversation[question];
  if (exchange === undefined) return undefined;
  const answers = exchange.say.id;
  const index = exchange.tokens.length;
  const text = answerWords(question)[index];
  return text === undefined ? { kind: "done", answers } : { kind: "token", answers, index, text };
}
