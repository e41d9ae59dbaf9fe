import { type ReactNode, type UIEvent, useEffect, useRef } from "react";
import { Composer } from "./Composer.tsx";
import { Message } from "./Message.tsx";
import { useOnline } from "./use-online.ts";
import type { Known } from "./use-session.ts";
import { type AnswerMessage, useSharedChat } from "./use-shared-chat.ts";

/** The messages of a chat, as items of a list. */
export interface MessagesProps {
  readonly messages: readonly AnswerMessage[];
  /** Which of them is being written. */
  readonly growing: AnswerMessage | undefined;
}

interface ChatProps {
  readonly id: string;
  readonly session: Known<AnswerMessage>;
  /** Shows the messages. */
  readonly list?: (props: MessagesProps) => ReactNode;
  /** What stands in a chat in which nothing was said yet. */
  readonly whenEmpty: (ask: (text: string) => void) => ReactNode;
  /** Who is asked, as the field for the next message says. */
  readonly placeholder?: string;
  /** Below that field. @param moment - changes when an answer begins, says its first word, or ends */
  readonly status?: (moment: string) => ReactNode;
}

export function Chat({ id, session, list = Plain, whenEmpty, placeholder, status: below }: ChatProps) {
  const chat = useSharedChat(id, session);
  const { messages, status, error, isLoading, isRunning, returned, sendMessage, stop, clearError } = chat;
  const isOnline = useOnline();
  const send = (text: string) => {
    clearError();
    void sendMessage({ text });
  };
  const stickyEnd = useStickyEnd(messages);
  const last = messages.at(-1);
  const isWaiting = isRunning && last?.role === "user";
  return (
    <>
      <section className="messages" aria-label="Messages" aria-busy={isRunning} {...stickyEnd}>
        {isLoading && <Loading />}
        {!isLoading && messages.length === 0 && !isRunning && whenEmpty(send)}
        <ol>
          {list({ messages, growing: isRunning && last && isUnfinished(last) ? last : undefined })}
          {isWaiting && (
            <li className="assistant waiting">
              <span className="dots" role="status" aria-label="Waiting for the first word" />
            </li>
          )}
        </ol>
        {status === "error" && last?.metadata?.end === undefined && (
          <p className="failure" role="alert">
            {error?.message ?? "The answer broke off."}
          </p>
        )}
      </section>
      <Composer {...{ isRunning, placeholder, returned }} onSend={send} onStop={() => void stop()}>
        {isOnline ? below?.(`${isRunning} ${isWaiting}`) : <Lost />}
      </Composer>
    </>
  );
}

function Lost() {
  return (
    <p className="status lost" role="status">
      No network. What you see may be old; it goes on by itself.
    </p>
  );
}

function Plain({ messages, growing }: MessagesProps) {
  return messages.map((message) => (
    <Message key={message.id} message={message} isGrowing={message === growing} />
  ));
}

function isUnfinished({ role, metadata }: AnswerMessage): boolean {
  return role === "assistant" && metadata?.end === undefined;
}

/** Keeps the end in view while it grows, unless the reader has scrolled away from it. */
function useStickyEnd(growing: unknown) {
  const scroller = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what grows is what moves the end
  useEffect(() => {
    if (scroller.current && isAtEnd.current) scroller.current.scrollTop = scroller.current.scrollHeight;
  }, [growing]);
  const onScroll = ({ currentTarget }: UIEvent<HTMLElement>) => {
    const { scrollHeight, scrollTop, clientHeight } = currentTarget;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < 160;
  };
  return { ref: scroller, onScroll };
}

function Loading() {
  return (
    <div className="loading" role="status" aria-label="Loading the chat">
      <span />
      <span />
      <span />
    </div>
  );
}
