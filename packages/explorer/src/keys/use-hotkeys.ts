import { useEffect } from "react";
import { type Hotkey, hotkeyOf } from "./hotkeys.ts";

const TEXT = 'input:not([type="range"]), textarea, select, [contenteditable="true"]';

/** Lets the hotkeys work, for as long as the component is there. */
export function useHotkeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isInText = (event.target as Element).closest(`${TEXT}, dialog[open]`) !== null;
      const { key, ctrlKey, metaKey, altKey } = event;
      const hotkey = hotkeyOf({ key, ctrlKey, metaKey, altKey, isInText });
      const element = hotkey && targetOf(hotkey, event.target as Element);
      if (!element || event.defaultPrevented) return;
      event.preventDefault();
      if (hotkey.action === "focus") element.focus();
      else element.click();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** The element that a key leads to. Of two streams side by side, in the one that the keyboard is in. */
function targetOf({ target }: Hotkey, from: Element): HTMLElement | null {
  const selector = `[data-hotkey="${target}"]`;
  const view = from.closest("section.view");
  return view?.querySelector<HTMLElement>(selector) ?? document.querySelector<HTMLElement>(selector);
}
