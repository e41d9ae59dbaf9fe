import type { KeyboardEvent } from "react";
import { Icon } from "../design/Icon.tsx";
import { IconButton } from "../design/IconButton.tsx";
import { SearchField } from "../design/SearchField.tsx";
import type { Row } from "../feed/cut-rows.ts";
import { formatCount } from "../format/sizes.ts";
import { KEPT_HITS } from "./hits.ts";
import type { Find } from "./use-find.ts";
import { useMessageSearch } from "./use-message-search.ts";
import "./find.css";

interface Props {
  readonly find: Find;
  readonly onFound: (row: Row) => void;
}

/** Finds in the whole stream: Enter forward, Shift+Enter back, Escape gives up. The filter lists nothing but what is found. */
export function SearchBox({ find, onFound }: Props) {
  const { words, run, stop } = useMessageSearch(onFound);
  const change = (next: string): void => {
    stop();
    find.setText(next);
  };
  const go = (isBackward: boolean): void => void run(find.query, isBackward);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter") go(event.shiftKey);
    if (event.key === "Escape") change("");
  };
  return (
    <div className="message-search">
      <SearchField
        label="Search messages"
        hotkey={{ key: "f", target: "search-messages" }}
        value={find.text}
        onChange={change}
        onKeyDown={onKeyDown}
      />
      {find.text !== "" && <FindButtons find={find} onGo={go} />}
      <Outcome find={find} words={words} />
    </div>
  );
}

interface ButtonsProps {
  readonly find: Find;
  readonly onGo: (isBackward: boolean) => void;
}

function FindButtons({ find, onGo }: ButtonsProps) {
  return (
    <>
      <div className="button-group">
        <IconButton
          icon="up"
          label="Find previous"
          title="Find previous (Shift+Enter)"
          onClick={() => onGo(true)}
        />
        <IconButton icon="down" label="Find next" title="Find next (Enter)" onClick={() => onGo(false)} />
      </div>
      <button
        type="button"
        aria-pressed={find.isFilter}
        disabled={find.query === undefined}
        onClick={() => find.setFilter(!find.isFilter)}
      >
        <Icon name="filter" />
        Only hits
      </button>
    </>
  );
}

function Outcome({ find, words }: { readonly find: Find; readonly words: string }) {
  const { text, problem, failure } = find;
  if (problem !== undefined || failure !== undefined)
    return (
      <span className="small error" role="alert">
        {problem ?? failure}
      </span>
    );
  return (
    <>
      <span className="small soft" role="status">
        {words || hitsText(find)}
      </span>
      {text === "" && (
        <span className="small soft search-hint">
          Text, <code>/expression/i</code>, or <code>field=value</code>
        </span>
      )}
    </>
  );
}

/** How many there are, and how far the counting is. */
function hitsText({ hits, share }: Find): string {
  if (hits === undefined) return "";
  const count = `${formatCount(hits.count)} ${hits.count === 1 ? "hit" : "hits"}`;
  if (share < 1) return `${count}… ${Math.floor(share * 100)} %`;
  return hits.count > KEPT_HITS ? `${count}, the newest ${formatCount(hits.kept.length)} listed` : count;
}
