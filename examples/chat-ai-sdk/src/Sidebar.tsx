import type { ChatTitle } from "./chat-title.ts";

interface SidebarProps {
  readonly chats: readonly ChatTitle[] | undefined;
  readonly current: string;
  /** On a phone it lies over the chat. */
  readonly isOpen: boolean;
  readonly onOpen: (id: string) => void;
  readonly onNew: () => void;
  readonly onClose: () => void;
}

export function Sidebar({ chats, current, isOpen, onOpen, onNew, onClose }: SidebarProps) {
  return (
    <>
      {isOpen && <button type="button" className="veil" aria-label="Close the list" onClick={onClose} />}
      <nav className={isOpen ? "sidebar open" : "sidebar"} aria-label="Chats">
        <p className="brand">
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M8 15V7m0 3C4 10 2 7 2 3c4 0 6 2 6 5m0 0c0-3 2-5 6-5 0 4-2 6-6 6" />
          </svg>
          Perennial chat
        </p>
        <button type="button" className="new" onClick={onNew}>
          New chat
        </button>
        {chats?.length === 0 && <p className="hint">Your chats will be listed here.</p>}
        <ul>
          {chats?.toReversed().map(({ id, title }) => (
            <li key={id}>
              <button
                type="button"
                className="row"
                aria-current={id === current || undefined}
                onClick={() => onOpen(id)}
              >
                {title}
              </button>
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}
