/** Where the others are: their carets and selections, in their colours. */
import { Extension } from "@tiptap/core";
import { yCursorPlugin } from "@tiptap/y-tiptap";
import type { Awareness } from "y-protocols/awareness";

interface User {
  readonly name?: unknown;
  readonly color?: unknown;
  readonly role?: unknown;
}

/** Awareness is what others send: a colour is one, or grey. */
const COLOR = /^#[0-9a-f]{6}$/;

export function colorOf({ color }: User): string {
  return typeof color === "string" && COLOR.test(color) ? color : "#6b7280";
}

export function nameOf({ name }: User): string {
  return typeof name === "string" ? name.slice(0, 40) : "Somebody";
}

export const Carets = Extension.create<{ awareness: Awareness | undefined }>({
  name: "carets",
  addOptions: () => ({ awareness: undefined }),
  addProseMirrorPlugins() {
    const { awareness } = this.options;
    if (awareness === undefined) return [];
    return [yCursorPlugin(awareness, { cursorBuilder: caret, selectionBuilder: selection })];
  },
});

function caret(user: User): HTMLElement {
  const element = document.createElement("span");
  element.className = user.role === "agent" ? "caret agent" : "caret";
  element.style.setProperty("--color", colorOf(user));
  const label = document.createElement("span");
  label.className = "caret-name";
  label.textContent = nameOf(user);
  // The signs keep the caret's line as high as the text.
  element.append("\u2060", label, "\u2060");
  return element;
}

function selection(user: User) {
  return { class: "other-selection", style: `--color: ${colorOf(user)}` };
}
