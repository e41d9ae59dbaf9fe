import { useEffect } from "react";
import { hotkeyOf } from "./hotkeys.ts";

const TEXT = 'input:not([type="range"]), textarea, select, [contenteditable="true"]';

/** Lets the hotkeys work, for as long as the component is there. */
export function useHotkeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const isInText = (event.target as Element).closest(`${TEXT}, dialog[open]`) !== null;
      const { key, ctrlKey, metaKey, altKey } = event;
      const hotkey = hotkeyOf({ key, ctrlKey, metaKey, altKey, isInText });
      const element = hotkey && document.querySelector<HTMLElement>(`[data-hotkey="${hotkey.target}"]`);
      if (!element || event.defaultPrevented) return;
      event.preventDefault();
      if (hotkey.action === "focus") element.focus();
      else element.click();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
