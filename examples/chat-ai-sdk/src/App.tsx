import { useEffect, useState } from "react";
import { Chat } from "./Chat.tsx";
import { CopyLink } from "./CopyLink.tsx";
import type { ChatTitle } from "./chat-title.ts";
import { Empty } from "./Empty.tsx";
import { ModelStatus } from "./ModelStatus.tsx";
import { Sidebar } from "./Sidebar.tsx";
import { useSession } from "./use-session.ts";
import type { AnswerMessage } from "./use-shared-chat.ts";

/** The chat that the address names; without one, a new one. */
function chatOfAddress(): string {
  return /^#([A-Za-z0-9_-]{1,64})$/.exec(window.location.hash)?.[1] ?? newChat();
}

function newChat(): string {
  return crypto.randomUUID().slice(0, 8);
}

export function App() {
  const [chatId, setChatId] = useState(chatOfAddress);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const chats = useSession<ChatTitle>("/api/chats");
  useEffect(() => {
    window.history.replaceState(null, "", `#${chatId}`);
    const follow = () => setChatId(chatOfAddress());
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [chatId]);
  const open = (id: string) => {
    setChatId(id);
    setMenuOpen(false);
  };
  const title = chats?.messages.find(({ id }) => id === chatId)?.title ?? "New chat";
  return (
    <div className="app">
      <Sidebar
        chats={chats?.messages}
        current={chatId}
        isOpen={isMenuOpen}
        onOpen={open}
        onNew={() => open(newChat())}
        onClose={() => setMenuOpen(false)}
      />
      <main>
        <header className="bar">
          <button type="button" className="menu" aria-expanded={isMenuOpen} onClick={() => setMenuOpen(true)}>
            Chats
          </button>
          <h1>{title}</h1>
          <CopyLink key={chatId} />
        </header>
        <OneChat key={chatId} id={chatId} />
      </main>
    </div>
  );
}

function OneChat({ id }: { readonly id: string }) {
  const session = useSession<AnswerMessage>(`/api/session/${id}`);
  return (
    <Chat
      id={id}
      session={session}
      whenEmpty={(ask) => <Empty onAsk={ask} />}
      status={(moment) => <ModelStatus moment={moment} />}
    />
  );
}
