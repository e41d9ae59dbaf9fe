import { readSession, type SessionState } from "@perennial/ai";
import type { Known } from "@perennial/example-chat-ai-sdk/page/use-session.ts";
import type { AnswerMessage } from "@perennial/example-chat-ai-sdk/page/use-shared-chat.ts";
import { useEffect, useRef, useState } from "react";

/**
 * What is known of a branch. It is not followed by a connection of its own: the tree says when there is more, and what is new is
 * read then.
 *
 * @param pulse - changes when there may be more
 */
export function useBranch(id: string, pulse: unknown): Known<AnswerMessage> {
  const [state, setState] = useState<SessionState<AnswerMessage>>();
  const reading = useRef(Promise.resolve());
  const known = useRef<SessionState<AnswerMessage>>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pulse says that there is more
  useEffect(() => {
    const url = new URL(`/api/session/${id}`, window.location.href);
    const read = async () => {
      known.current = await readSession<AnswerMessage>({ url }, known.current);
      setState(known.current);
    };
    // One after the other: each goes on where the one before ended.
    reading.current = reading.current.then(read).catch(console.error);
  }, [id, pulse]);
  return state?.view;
}
