import { Link } from "@tanstack/react-router";
import { Icon } from "../design/Icon.tsx";
import { IconButton } from "../design/IconButton.tsx";
import { useFeed } from "../feed/use-feed.ts";
import { readablePath } from "../server/readable-path.ts";
import { StreamActions } from "../writing/StreamActions.tsx";
import { ConnectionBadge } from "./ConnectionBadge.tsx";
import { StreamFacts } from "./StreamFacts.tsx";
import { useStreamView } from "./stream-view.ts";

interface Props {
  /** Whether the append box is open. */
  readonly isAppending: boolean;
  /** Opens and closes the append box. */
  readonly onAppend: () => void;
  /** Closes the view, if it can be closed. */
  readonly onClose?: () => void;
}

/** What the stream is, how it is connected, and what can be done with it. */
export function StreamHeader({ isAppending, onAppend, onClose }: Props) {
  const { path, feed } = useStreamView();
  const { status } = useFeed(feed);
  return (
    <header className="view-header">
      <div className="view-title">
        <Link to="/" className="back" aria-label="All streams">
          <Icon name="back" />
        </Link>
        <StreamName path={path} />
        <ConnectionBadge />
      </div>
      <div className="view-actions">
        {status !== "closed" && status !== "gone" && (
          <>
            <PauseButton />
            <button
              type="button"
              data-hotkey="append"
              title="Append a message (a)"
              aria-pressed={isAppending}
              onClick={onAppend}
            >
              <Icon name="write" />
              <span className="label">Append</span>
            </button>
          </>
        )}
        {status !== "gone" && <StreamActions />}
        {onClose !== undefined && (
          <IconButton icon="close" label="Close this view" className="quiet" onClick={onClose} />
        )}
      </div>
      <StreamFacts />
    </header>
  );
}

/** The path; its last part is the name, what is before it only says where. */
function StreamName({ path }: { readonly path: string }) {
  const name = path.lastIndexOf("/") + 1;
  return (
    <h1>
      <span className="soft">{readablePath(path.slice(0, name))}</span>
      {readablePath(path.slice(name))}
    </h1>
  );
}

function PauseButton() {
  const { feed } = useStreamView();
  const { status } = useFeed(feed);
  const isReading = status !== "paused" && status !== "failed";
  return (
    <button
      type="button"
      data-hotkey="pause"
      title={isReading ? "Stop reading (p)" : "Read on (p)"}
      onClick={() => (isReading ? feed.stop() : feed.start())}
    >
      <Icon name={isReading ? "pause" : "play"} />
      <span className="label">{isReading ? "Pause" : "Resume"}</span>
    </button>
  );
}
