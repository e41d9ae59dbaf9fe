import type { KeyboardEvent } from "react";
import { Icon } from "./Icon.tsx";

interface Props {
  /** What is searched: its name and its hint. */
  readonly label: string;
  /** The key that leads here, and the name by which it finds it (keys/hotkeys.ts). */
  readonly hotkey: { readonly key: string; readonly target: string };
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** A field to search with. It shows its key as long as it is empty. */
export function SearchField({ label, hotkey, value, onChange, onKeyDown }: Props) {
  return (
    <div className="search-field">
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        data-hotkey={hotkey.target}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <kbd>{hotkey.key}</kbd>
    </div>
  );
}
