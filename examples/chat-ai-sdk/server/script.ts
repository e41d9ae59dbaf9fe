/** What the scripted model says: believable text about what the demo shows, chosen by the question. */

const OPENINGS = [
  "Good question. Here is how I think about it.",
  "Short answer first, and then the reasons.",
  "Let me take that step by step.",
];

const PARAGRAPHS = [
  "An answer is a sequence of small pieces. If the only copy of that sequence lies in an open connection, then whoever loses the connection loses the answer, and whoever paid for it pays again. If each piece is appended to a stream first, the connection is only a way to look at it.",
  "That is why you can reload this page while I write. The page comes back, asks which answer is under way, shows what it had already seen out of its own storage, and reads the rest from the place where it stopped. The model is not asked again: look at the count below the composer.",
  "It also means that nobody owns the view. Open this chat in a second browser, or send the address to a colleague. Both windows read the same stream, so both see the same words arrive, and a stop in one of them is a stop in the other.",
  "The process that writes is allowed to die. While it lives it says so from time to time; when it falls silent, readers wait for as long as it promised to speak, ask the server twice, and then tell you that the answer broke off. They do not spin for ever, and they do not mistake your own bad network for a dead writer.",
  "When an answer is complete its pieces are folded into one message. The history that you read on your next visit is a list of messages, some ten times smaller than the pieces that they came in, and it is the same for everybody.",
  "None of this needs a special server. Appending to a stream, reading it from an offset and following its end are plain HTTP requests, which is why a proxy, a cache or a phone in a tunnel can take part.",
];

const CLOSINGS = [
  "If you want to see it break, kill the process that writes and watch what happens.",
  "Try it: reload now, or switch your network off for a moment.",
  "Ask me something else, or stop me in the middle of a sentence.",
];

/** The words of an answer, each with the space before it, as tokens come. */
export function tokensFor(question: string): string[] {
  const seed = [...question].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  const at = seed % PARAGRAPHS.length;
  const paragraphs = [0, 1, 2, 3].map((n) => PARAGRAPHS[(at + n) % PARAGRAPHS.length]);
  const text = [OPENINGS[seed % OPENINGS.length], ...paragraphs, CLOSINGS[seed % CLOSINGS.length]].join(
    "\n\n",
  );
  return tokensOf(text);
}

/** A text in pieces as models have them: long words are several. */
export function tokensOf(text: string): string[] {
  return text.match(/\s*\S{1,6}/g) ?? [];
}
