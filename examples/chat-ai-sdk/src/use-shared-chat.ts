import { useChat } from "@ai-sdk/react";
import { createDurableChatTransport } from "@perennial/ai-sdk";
import type { UIMessage } from "ai";
import { useEffect, useMemo, useRef, useState } from "react";
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
  const shown = useRef(chat.messages);
  shown.current = chat.messages;
  const [returned, setReturned] = useState<{ readonly text: string }>();
  const isBusy = status === "submitted" || status === "streaming";

  useEffect(() => {
    if (session === undefined || isBusy) return;
    const last = shown.current.at(-1);
    if (status === "error" && last?.role === "user" && !session.messages.some(({ id }) => id === last.id))
      setReturned({ text: textOf(last) });
    setMessages([...session.messages]);
    // Somebody's answer is being written: this browser watches it, too.
    if (session.running.length > 0) void resumeStream();
  }, [session, isBusy, status, setMessages, resumeStream]);

  const isRunning = isBusy || (session?.running.length ?? 0) > 0;
  const stop = () => transport.stop({ chatId: id });
  return { ...chat, returned, isLoading: session === undefined, isRunning, stop };
}

/** The text of a message, without what else is in it. */
export function textOf({ parts }: AnswerMessage): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}
