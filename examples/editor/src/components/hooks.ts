import { YjsProviderError } from "@perennial/yjs";
import type { Editor } from "@tiptap/core";
import { useEffect, useReducer, useState } from "react";
import type { SharedDocument } from "../document.ts";
import { colorOf, nameOf } from "../rich-text/carets.ts";

/** Draws again whenever the text, the selection or a mark changes. */
export function useEditorState(editor: Editor | undefined): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    editor?.on("transaction", again);
    return () => void editor?.off("transaction", again);
  }, [editor]);
}

/** Draws again whenever a comment changes. */
export function useComments({ comments }: SharedDocument): void {
  const [, again] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    comments.observe(again);
    return () => comments.unobserve(again);
  }, [comments]);
}

export type SyncState = "saved" | "saving" | "offline" | "connecting" | "deleted";

/** Whether the server has all that was typed here. */
export function useSync({ provider }: SharedDocument): SyncState {
  const [state, setState] = useState<SyncState>("connecting");
  useEffect(() => {
    let wasConnected = false;
    let isDeleted = false;
    const onError = (error: Error): void => {
      isDeleted ||= error instanceof YjsProviderError && error.code === "DOCUMENT_DELETED";
      update();
    };
    const update = (): void => {
      wasConnected ||= provider.connected;
      if (isDeleted) setState("deleted");
      else if (provider.synced) setState("saved");
      else if (provider.connected) setState("saving");
      else setState(wasConnected ? "offline" : "connecting");
    };
    update();
    provider.on("status", update);
    provider.on("synced", update);
    provider.on("error", onError);
    return () => {
      provider.off("status", update);
      provider.off("synced", update);
      provider.off("error", onError);
    };
  }, [provider]);
  return state;
}

/** Somebody who is in the document. */
export interface Present {
  readonly id: number;
  readonly name: string;
  readonly color: string;
  readonly isAgent: boolean;
  readonly status: string;
  readonly isMe: boolean;
}

/** Everybody who is there, oneself first, the agent last. */
export function usePresent({ awareness }: SharedDocument): readonly Present[] {
  const [present, setPresent] = useState<readonly Present[]>([]);
  useEffect(() => {
    const update = (): void => setPresent(presentIn(awareness.getStates(), awareness.clientID));
    update();
    awareness.on("change", update);
    return () => awareness.off("change", update);
  }, [awareness]);
  return present;
}

function presentIn(states: Map<number, Record<string, unknown>>, me: number): Present[] {
  const all = [...states].flatMap(([id, { user }]): Present[] => {
    if (typeof user !== "object" || user === null) return [];
    const { role, status } = user as Record<string, unknown>;
    const isAgent = role === "agent";
    return [
      {
        id,
        name: nameOf(user),
        color: colorOf(user),
        isAgent,
        status: String(status ?? ""),
        isMe: id === me,
      },
    ];
  });
  return all.sort(
    (a, b) => Number(b.isMe) - Number(a.isMe) || Number(a.isAgent) - Number(b.isAgent) || a.id - b.id,
  );
}
