import { Editor } from "@tiptap/core";
import Collaboration from "@tiptap/extension-collaboration";
import StarterKit from "@tiptap/starter-kit";
import { absolutePositionToRelativePosition, ySyncPluginKey } from "@tiptap/y-tiptap";
import * as Y from "yjs";
import type { SharedDocument } from "../document.ts";
import { Carets } from "./carets.ts";
import { CommentMark, Deletion, Insertion, SuggestedBlocks } from "./marks.ts";

/** The editor of a document, in an element of the page. */
export function createEditor(element: HTMLElement, shared: SharedDocument): Editor {
  return new Editor({
    element,
    extensions: [
      // Yjs undoes, and only what this person did. A paragraph behind a list at the end would be added by every page.
      StarterKit.configure({ undoRedo: false, trailingNode: false }),
      Collaboration.configure({ fragment: shared.text }),
      Carets.configure({ awareness: shared.awareness }),
      ...[CommentMark, Insertion, Deletion, SuggestedBlocks],
    ],
    editorProps: {
      attributes: { "aria-label": "Text of the document", role: "textbox", spellcheck: "true" },
    },
  });
}

/** Where this person is, as the agent understands it: it stays right while others write. */
export function contextOf(editor: Editor): { anchor: unknown; head: unknown } | undefined {
  const binding = ySyncPluginKey.getState(editor.state)?.binding;
  if (binding == null) return undefined;
  const json = (position: number): unknown =>
    Y.relativePositionToJSON(absolutePositionToRelativePosition(position, binding.type, binding.mapping));
  const { from, to } = editor.state.selection;
  return { anchor: json(from), head: json(to) };
}
