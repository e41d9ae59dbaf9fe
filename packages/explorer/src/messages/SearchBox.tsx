import { type KeyboardEvent, useState } from "react";
import { IconButton } from "../design/IconButton.tsx";
import { SearchField } from "../design/SearchField.tsx";
import type { Row } from "../feed/cut-rows.ts";
import { useMessageSearch } from "./use-message-search.ts";

interface Props {
  /** Told what to mark in the list. */
  readonly onMark: (text: string) => void;
  readonly onFound: (row: Row) => void;
}

/** Finds text in the whole stream: Enter forward, Shift+Enter back, Escape gives up. */
export function SearchBox({ onMark, onFound }: Props) {
  const [text, setText] = useState("");
  const { words, run, stop } = useMessageSearch(onFound);
  const change = (next: string): void => {
    stop();
    setText(next);
    onMark(next);
  };
  const find = (isBackward: boolean): void => void run(text, isBackward);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") find(event.shiftKey);
    if (event.key === "Escape") change("");
  };
  return (
    <div className="message-search">
      <SearchField
        label="Search messages"
        hotkey={{ key: "f", target: "search-messages" }}
        value={text}
        onChange={change}
        onKeyDown={onKeyDown}
      />
      {text !== "" && (
        <div className="button-group">
          <IconButton
            icon="up"
            label="Find previous"
            title="Find previous (Shift+Enter)"
            onClick={() => find(true)}
          />
          <IconButton icon="down" label="Find next" title="Find next (Enter)" onClick={() => find(false)} />
        </div>
      )}
      <span className="small soft" role="status">
        {words}
      </span>
    </div>
  );
}
