import { useNewStream } from "../creating/NewStreamProvider.tsx";
import { Icon } from "../design/Icon.tsx";
import { SearchField } from "../design/SearchField.tsx";

interface Props {
  readonly search: string;
  readonly onSearch: (search: string) => void;
  /** Goes on in the list of what was found. */
  readonly onLeave: () => void;
}

/** The search above the tree, and what makes a stream. Enter and the arrow lead into what was found, Escape empties it. */
export function TreeSearch({ search, onSearch, onLeave }: Props) {
  const openNewStream = useNewStream();
  return (
    <div className="tree-search">
      <SearchField
        label="Search streams"
        hotkey={{ key: "/", target: "search" }}
        value={search}
        onChange={onSearch}
        onKeyDown={(event) => {
          if (event.key === "Escape") onSearch("");
          if (event.key !== "ArrowDown" && event.key !== "Enter") return;
          event.preventDefault();
          onLeave();
        }}
      />
      <button
        type="button"
        className="icon-only"
        aria-label="New stream"
        title="New stream (n)"
        data-hotkey="new-stream"
        onClick={() => openNewStream()}
      >
        <Icon name="add" />
      </button>
    </div>
  );
}
