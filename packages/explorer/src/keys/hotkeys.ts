/** Keys that work anywhere on the page: each leads to the element that carries its name in `data-hotkey`. */

/** What a key does to its element. */
export interface Hotkey {
  readonly key: string;
  /** The value of `data-hotkey`. */
  readonly target: string;
  readonly action: "focus" | "click";
  readonly help: string;
}

export const HOTKEYS: readonly Hotkey[] = [
  { key: "/", target: "search", action: "focus", help: "Search streams" },
  { key: "n", target: "new-stream", action: "click", help: "New stream" },
  { key: "t", target: "tree", action: "focus", help: "Go to the streams" },
  { key: "m", target: "messages", action: "focus", help: "Go to the messages" },
  { key: "f", target: "search-messages", action: "focus", help: "Search messages" },
  { key: "s", target: "timeline", action: "focus", help: "Go to the timeline" },
  { key: "p", target: "pause", action: "click", help: "Pause or resume" },
  { key: "a", target: "append", action: "click", help: "Append a message" },
  { key: "b", target: "fork", action: "click", help: "Branch off at the message" },
  { key: "?", target: "help", action: "click", help: "Show all keys" },
];

/** Keys that the lists know, for the help. */
export const LIST_KEYS: readonly { readonly keys: readonly string[]; readonly help: string }[] = [
  { keys: ["j", "k", "↓", "↑"], help: "Next and previous" },
  { keys: ["Page ↓", "Page ↑"], help: "A page on and back" },
  { keys: ["g", "Home"], help: "The first" },
  { keys: ["G", "End", "Esc"], help: "Back to now" },
  { keys: ["→", "←"], help: "Open, close a folder" },
  { keys: ["Enter"], help: "Open a stream" },
];

/** What to look at of a key press. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Whether it happened where text is written. */
  readonly isInText: boolean;
}

/** The hotkey of a key press, unless it belongs to a text or to the browser. */
export function hotkeyOf({ key, ctrlKey, metaKey, altKey, isInText }: KeyPress): Hotkey | undefined {
  if (ctrlKey || metaKey || altKey || isInText) return undefined;
  return HOTKEYS.find((hotkey) => hotkey.key === key);
}
