import type { Editor } from "@tiptap/core";
import type { Chat } from "../chat.ts";
import { threadsOf } from "../comments.ts";
import type { SharedDocument } from "../document.ts";
import { ChatPanel } from "./ChatPanel.tsx";
import { CommentsPanel } from "./CommentsPanel.tsx";
import { useComments } from "./hooks.ts";

export type Tab = "chat" | "comments" | undefined;

interface Props {
  readonly shared: SharedDocument;
  readonly chat: Chat;
  readonly editor: Editor;
  /** Undefined: the chat where there is room for it, nothing where there is not. */
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
}

/** Beside the text, or over it on a narrow screen: the chat with the agent, and the comments. */
export function Panel({ tab, onTab, ...opened }: Props) {
  useComments(opened.shared);
  const open = threadsOf(opened.shared).filter(({ comment }) => !comment.isResolved).length;
  const shown = tab ?? "chat";
  return (
    <aside className="panel" aria-label="Agent and comments">
      <div className="tabs" role="tablist">
        <TabButton name="chat" shown={shown} isOpen={tab !== undefined} onTab={onTab}>
          Agent
        </TabButton>
        <TabButton name="comments" shown={shown} isOpen={tab !== undefined} onTab={onTab}>
          Comments {open > 0 && <span className="count">{open}</span>}
        </TabButton>
      </div>
      <div className="panel-body" role="tabpanel" aria-label={shown === "chat" ? "Agent" : "Comments"}>
        {shown === "chat" ? <ChatPanel {...opened} /> : <CommentsPanel {...opened} />}
      </div>
    </aside>
  );
}

interface TabProps {
  readonly name: Exclude<Tab, undefined>;
  readonly shown: Tab;
  readonly isOpen: boolean;
  readonly onTab: (tab: Tab) => void;
  readonly children: React.ReactNode;
}

function TabButton({ name, shown, isOpen, onTab, children }: TabProps) {
  const isSelected = shown === name;
  // Pressed again, it closes the sheet of a narrow screen; where the panel is beside the text that changes nothing but the tab.
  const toggle = (): void => onTab(isSelected && isOpen ? undefined : name);
  return (
    <button type="button" role="tab" aria-selected={isSelected} data-open={isOpen} onClick={toggle}>
      {children}
    </button>
  );
}
