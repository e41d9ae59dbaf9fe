import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Icon } from "../design/Icon.tsx";
import { SearchField } from "../design/SearchField.tsx";
import type { Row } from "../feed/cut-rows.ts";
import { useFeed } from "../feed/use-feed.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { findNext, findPrevious } from "./find-row.ts";

interface Props {
  /** Told what to mark in the list. */
  readonly onMark: (text: string) => void;
  readonly onFound: (row: Row) => void;
}

type Outcome = { readonly share: number } | "nothing" | undefined;

/** Finds text in the whole stream: Enter forward, Shift+Enter back, Escape gives up. */
export function SearchBox({ onMark, onFound }: Props) {
  const { feed, at } = useStreamView();
  const { end } = useFeed(feed);
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState<Outcome>();
  const search = useRef<AbortController>(undefined);
  useEffect(() => () => search.current?.abort(), []);

  const stop = (): void => {
    search.current?.abort();
    search.current = undefined;
    setOutcome(undefined);
  };
  const run = async (isBackward: boolean): Promise<void> => {
    stop();
    if (text === "") return;
    const controller = new AbortController();
    search.current = controller;
    const { signal } = controller;
    // From the tail there is nothing ahead: the search begins at the beginning.
    const from = at ?? (isBackward ? end + 1 : 0);
    const onProgress = (position: number): void => setOutcome({ share: end === 0 ? 1 : position / end });
    const query = { feed, text, from, signal, onProgress };
    const found = await (isBackward ? findPrevious(query) : findNext(query));
    if (signal.aborted) return;
    setOutcome(found === undefined ? "nothing" : undefined);
    if (found !== undefined) onFound(found);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") void run(event.shiftKey);
    if (event.key !== "Escape") return;
    stop();
    setText("");
    onMark("");
  };
  return (
    <div className="message-search">
      <SearchField
        label="Search messages"
        hotkey={{ key: "f", target: "search-messages" }}
        value={text}
        onChange={(next) => {
          stop();
          setText(next);
          onMark(next);
        }}
        onKeyDown={onKeyDown}
      />
      {text !== "" && (
        <div className="button-group">
          <button
            type="button"
            className="icon-only"
            aria-label="Find previous"
            title="Find previous (Shift+Enter)"
            onClick={() => void run(true)}
          >
            <Icon name="up" />
          </button>
          <button
            type="button"
            className="icon-only"
            aria-label="Find next"
            title="Find next (Enter)"
            onClick={() => void run(false)}
          >
            <Icon name="down" />
          </button>
        </div>
      )}
      <span className="small soft" role="status">
        {outcome === "nothing" && "Nothing found"}
        {typeof outcome === "object" && `Searching… ${Math.round(outcome.share * 100)} %`}
      </span>
    </div>
  );
}
