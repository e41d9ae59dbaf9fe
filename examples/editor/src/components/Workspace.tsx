import type { Editor } from "@tiptap/core";
import { useEffect, useRef, useState } from "react";
import { type Chat, openChat } from "../chat.ts";
import { openDocument, type SharedDocument } from "../document.ts";
import type { Person } from "../person.ts";
import { createEditor } from "../rich-text/create-editor.ts";
import { Header } from "./Header.tsx";
import { Panel, type Tab } from "./Panel.tsx";
import { Suggestions } from "./Suggestions.tsx";
import { Toolbar } from "./Toolbar.tsx";

interface Props {
  readonly documentKey: string;
  readonly person: Person;
}

/** A document with its chat, open in this page. */
interface Open {
  readonly shared: SharedDocument;
  readonly chat: Chat;
  readonly editor: Editor;
}

/** The whole page of a document. */
export function Workspace({ documentKey, person }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<Open>();
  const [tab, setTab] = useState<Tab>();
  useEffect(() => {
    const shared = openDocument(documentKey, person);
    const chat = openChat(shared);
    const editor = createEditor(place.current!, shared);
    setOpened({ shared, chat, editor });
    document.title = `${documentKey} · Editor`;
    return () => {
      chat.close();
      editor.destroy();
      shared.close();
    };
  }, [documentKey, person]);
  return (
    <div className="workspace" data-panel={tab ?? "none"}>
      {opened && <Header shared={opened.shared} />}
      <main>
        {opened && <Toolbar editor={opened.editor} onComment={() => setTab("comments")} />}
        <div className="sheet">
          {opened && <Suggestions editor={opened.editor} />}
          <div className="page" ref={place} />
        </div>
      </main>
      {opened && <Panel {...opened} tab={tab} onTab={setTab} />}
    </div>
  );
}
