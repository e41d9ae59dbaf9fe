import { CopyLink } from "@perennial/example-chat-ai-sdk/page/CopyLink.tsx";
import { useOnline } from "@perennial/example-chat-ai-sdk/page/use-online.ts";
import type { ChatActor, ChatMessage } from "@perennial/tanstack-ai";
import { type UsedDurableChat, useDurableChat } from "@perennial/tanstack-ai/react";
import { useEffect, useRef } from "react";
import { Approval } from "./Approval.tsx";
import { Composer } from "./Composer.tsx";
import { Message } from "./Message.tsx";
import { People } from "./People.tsx";

const SUGGESTIONS = [
  "How can several people share one answer?",
  "Order 3 pizzas",
  "@everybody lunch at noon?",
];

interface RoomProps {
  readonly room: string;
  readonly me: ChatActor;
  readonly onRename: (name: string) => void;
}

export function Room({ room, me, onRename }: RoomProps) {
  const chat = useDurableChat({ api: `/api/room/${room}`, actor: me });
  const { messages, running, approvals, people, connection } = chat;
  const isOnline = useOnline();
  const isRunning = running.length > 0;
  const typing = people.filter(({ isTyping, isMe }) => isTyping && !isMe);
  return (
    <main className="room">
      <header className="bar">
        <h1>Room {room}</h1>
        <People people={people} me={me} onRename={onRename} />
        <CopyLink />
      </header>
      {(connection === "waiting" || !isOnline) && (
        <p className="offline" role="status">
          No connection. What you see may be old; it goes on by itself.
        </p>
      )}
      <Talk chat={chat} me={me} />
      <Composer
        isRunning={isRunning}
        moment={`${isRunning} ${messages.filter(({ parts }) => parts.length > 0).length} ${approvals.length}`}
        typing={typing.map(({ actor }) => actor.name)}
        onSend={(text) => void chat.sendMessage(text)}
        onStop={() => void chat.stop().catch(() => undefined)}
        onTyping={chat.setTyping}
      />
    </main>
  );
}

/** All that was said, and what waits for an answer. */
function Talk({ chat, me }: { readonly chat: UsedDurableChat; readonly me: ChatActor }) {
  const { messages, running, approvals, isLoading, error } = chat;
  const end = useStickyEnd(messages);
  const lastAnswer = messages.findLast(({ role }) => role === "assistant");
  const isOf = ({ metadata }: ChatMessage) => running.some(({ runId }) => metadata?.runId === runId);
  const isWaiting =
    running.length > 0 && !messages.some((message) => message.parts.length > 0 && isOf(message));
  return (
    <section className="messages" aria-label="Messages" aria-busy={running.length > 0}>
      {isLoading && <Loading />}
      {!isLoading && messages.length === 0 && <Empty onSay={(text) => void chat.sendMessage(text)} />}
      <ol>
        {messages.map((message, n) => (
          <Message
            key={message.id}
            message={message}
            isMine={message.actor?.id === me.id}
            follows={n > 0 && messages[n - 1]?.actor?.id === message.actor?.id}
            isGrowing={isOf(message)}
            onRetry={chat.retry}
            onDiscard={chat.discard}
          />
        ))}
        {isWaiting && <Waiting />}
      </ol>
      {approvals.map((approval) => (
        <Approval key={approval.id} approval={approval} onDecide={chat.addToolApprovalResponse} />
      ))}
      {running.length === 0 && lastAnswer?.end === undefined && <Failure error={error} />}
      <div ref={end} />
    </section>
  );
}

function Waiting() {
  return (
    <li className="assistant waiting">
      <span className="dots" role="status" aria-label="Waiting for the first word" />
    </li>
  );
}

function Failure({ error }: { readonly error: Error | undefined }) {
  if (error === undefined) return null;
  return (
    <p className="failure" role="alert">
      {error.message}
    </p>
  );
}

/** Keeps the end in view while it grows, unless the reader has scrolled away from it. */
function useStickyEnd(growing: unknown) {
  const end = useRef<HTMLDivElement>(null);
  const wasAtEnd = useRef(true);
  useEffect(() => {
    const scroller = end.current?.parentElement;
    const note = () => {
      if (scroller)
        wasAtEnd.current = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
    };
    scroller?.addEventListener("scroll", note, { passive: true });
    return () => scroller?.removeEventListener("scroll", note);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what grows is what moves the end
  useEffect(() => {
    const scroller = end.current?.parentElement;
    if (scroller && wasAtEnd.current) scroller.scrollTop = scroller.scrollHeight;
  }, [growing]);
  return end;
}

function Loading() {
  return (
    <div className="loading" role="status" aria-label="Loading the room">
      <span />
      <span />
      <span />
    </div>
  );
}

function Empty({ onSay }: { readonly onSay: (text: string) => void }) {
  return (
    <div className="empty">
      <h2>Everybody reads along.</h2>
      <p className="lead">
        You, whoever you invite, and Sage, an agent, are in one session. Each word is kept in a durable
        stream: reload, go offline, or open this room in a second browser. What begins with @ is for people
        only.
      </p>
      <ul>
        {SUGGESTIONS.map((text) => (
          <li key={text}>
            <button type="button" className="suggestion" onClick={() => onSay(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
