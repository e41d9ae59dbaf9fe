/** What a participant missed, or had to read again, and has caught up on: so that the page can show it. */
import type { Conversation } from "./session-log.ts";

/** Words of one answer. */
export interface Resumption {
  /** The id of what was said and is answered. */
  readonly says: string;
  /** The numbers of the answer's pieces, [from, to). */
  readonly from: number;
  readonly to: number;
}

/**
 * What of the last answer came in one go, instead of word by word.
 *
 * @param before the conversation as it was when the connection was lost; empty for a client that begins anew
 * @param now the conversation at the tail
 */
export function resumption(before: Conversation, now: Conversation): Resumption | undefined {
  const last = now.findLast(({ tokens }) => tokens.length > 0);
  // Who begins anew behind a finished answer has nothing to resume.
  if (last === undefined || (before.length === 0 && last.isAnswered)) return undefined;
  const from = before.find(({ say }) => say.id === last.say.id)?.tokens.length ?? 0;
  const to = last.tokens.length;
  return from < to ? { says: last.say.id, from, to } : undefined;
}
