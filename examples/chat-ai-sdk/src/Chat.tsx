import { useEffect, useRef } from "react";
import { Composer } from "./Composer.tsx";
import { Message } from "./Message.tsx";
import { type AnswerMessage, useSharedChat } from "./use-shared-chat.ts";

const SUGGESTIONS = [
  "Why does this answer survive a reload?",
  "What happens when the process that writes is killed?",
  "How can two people watch one answer?",
];

export function Chat({ id }: { readonly id: string }) {
  const { messages, status, error, isLoading, isRunning, sendMessage, stop, clearError } = useSharedChat(id);
  const send = (text: string) => {
    clearError();
    void sendMessage({ text });
  };
  const end = useStickyEnd(messages);
  const isWaiting = isRunning && messages.at(-1)?.role === "user";
  return (
    <>
      <section className="messages" aria-label="Messages" aria-busy={isRunning}>
        {isLoading && <Loading />}
        {!isLoading && messages.length === 0 && !isRunning && <Empty onAsk={send} />}
        <ol>
          {messages.map((message, n) => (
            <Message
              key={message.id}
              message={message}
              isGrowing={isRunning && n === messages.length - 1 && isUnfinished(message)}
            />
          ))}
          {isWaiting && (
            <li className="assistant waiting">
              <span className="dots" role="status" aria-label="Waiting for the first word" />
            </li>
          )}
        </ol>
        {status === "error" && messages.at(-1)?.metadata?.end === undefined && (
          <p className="failure" role="alert">
            {error?.message ?? "The answer broke off."}
          </p>
        )}
        <div ref={end} />
      </section>
      <Composer isRunning={isRunning} isWaiting={isWaiting} onSend={send} onStop={() => void stop()} />
    </>
  );
}

function isUnfinished({ role, metadata }: AnswerMessage): boolean {
  return role === "assistant" && metadata?.end === undefined;
}

/** Keeps the end in view while it grows, unless the reader has scrolled away from it. */
function useStickyEnd(growing: unknown) {
  const end = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what grows is what moves the end
  useEffect(() => {
    const scroller = end.current?.parentElement;
    if (!scroller) return;
    const isNear = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 160;
    if (isNear) scroller.scrollTop = scroller.scrollHeight;
  }, [growing]);
  return end;
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

function Empty({ onAsk }: { readonly onAsk: (text: string) => void }) {
  return (
    <div className="empty">
      <h2>Ask, then reload.</h2>
      <p>
        Every word of an answer is kept in a durable stream. Reload, go offline, or open this page in a second
        browser.
      </p>
      <ul>
        {SUGGESTIONS.map((text) => (
          <li key={text}>
            <button type="button" className="suggestion" onClick={() => onAsk(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
