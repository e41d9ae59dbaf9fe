import { useChat } from "@ai-sdk/react";
import { createDurableChatTransport } from "@perennial/ai-sdk";
import type { UIMessage } from "ai";
import { useEffect, useMemo } from "react";
import type { Known } from "./use-session.ts";

/** What an answer's message says of how it ended. */
export type AnswerMessage = UIMessage<{ readonly end?: "completed" | "stopped" | "failed" | "vanished" }>;

/**
 * A chat that several browsers share: `useChat` for tokens, the session's stream for everything that is whole.
 *
 * @param session - what is known of the chat's session
 */
export function useSharedChat(id: string, session: Known<AnswerMessage>) {
  const transport = useMemo(
    () => createDurableChatTransport<AnswerMessage>({ api: "/api/chat", storage: sessionStorage }),
    [],
  );
  const chat = useChat<AnswerMessage>({ id, transport });
  const { status, setMessages, resumeStream } = chat;
  const isBusy = status === "submitted" || status === "streaming";

  useEffect(() => {
    if (session === undefined || isBusy) return;
    setMessages([...session.messages]);
    // Somebody's answer is being written: this browser watches it, too.
    if (session.running.length > 0) void resumeStream();
  }, [session, isBusy, setMessages, resumeStream]);

  const isRunning = isBusy || (session?.running.length ?? 0) > 0;
  const stop = () => transport.stop({ chatId: id });
  return { ...chat, isLoading: session === undefined, isRunning, stop };
}
