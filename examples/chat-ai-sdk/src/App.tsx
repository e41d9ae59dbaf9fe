import { useEffect, useState } from "react";
import { Chat } from "./Chat.tsx";
import type { ChatTitle } from "./chat-title.ts";
import { Sidebar } from "./Sidebar.tsx";
import { useSession } from "./use-session.ts";

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
        <Chat key={chatId} id={chatId} />
      </main>
    </div>
  );
}

/** Whoever has the address reads along. */
function CopyLink() {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(window.location.href);
    setCopied(true);
  };
  return (
    <button type="button" className="quiet" onClick={() => void copy()}>
      {isCopied ? "Copied" : "Copy link"}
    </button>
  );
}
