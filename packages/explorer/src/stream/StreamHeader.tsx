import { Link } from "@tanstack/react-router";
import { useListedStream } from "../catalog/use-catalog.ts";
import { useFeed } from "../feed/use-feed.ts";
import { formatAgo, formatBytes, formatCount, formatRate } from "../format/sizes.ts";
import { useNow } from "../format/use-now.ts";
import { readablePath } from "../server/address.ts";
import { StreamActions } from "../writing/StreamActions.tsx";
import { ConnectionBadge } from "./ConnectionBadge.tsx";
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
  const isReading = status !== "paused" && status !== "failed";
  return (
    <header className="view-header">
      <div className="view-title">
        <Link to="/" className="back" aria-label="All streams">
          ←
        </Link>
        <h1>{readablePath(path)}</h1>
        <ConnectionBadge />
        <span className="spacer" />
        {status !== "closed" && status !== "gone" && (
          <>
            <button
              type="button"
              data-hotkey="pause"
              onClick={() => (isReading ? feed.stop() : feed.start())}
            >
              {isReading ? "Pause" : "Resume"}
            </button>
            <button type="button" data-hotkey="append" aria-pressed={isAppending} onClick={onAppend}>
              Append
            </button>
          </>
        )}
        {status !== "gone" && <StreamActions />}
        {onClose !== undefined && (
          <button type="button" className="quiet" aria-label="Close this view" onClick={onClose}>
            ✕
          </button>
        )}
      </div>
      <Facts />
    </header>
  );
}

const ROW_NAMES = { json: "messages", text: "lines", binary: "rows of 16 bytes" } as const;

function Facts() {
  const { path, feed } = useStreamView();
  const { rowCount, contentType, kind } = useFeed(feed);
  const listed = useListedStream(path);
  const now = useNow();
  return (
    <ul className="facts small soft">
      <li className="mono">{contentType ?? listed?.contentType}</li>
      <li>
        {formatCount(rowCount)} {ROW_NAMES[kind]}
      </li>
      {listed !== undefined && (
        <>
          <li>{formatBytes(listed.size)}</li>
          {listed.rate > 0.5 && <li className="accent">{formatRate(listed.rate)}</li>}
          <li>last write {formatAgo(Date.parse(listed.lastAppendAt), now)}</li>
          {listed.expiresAt !== undefined && <li>expires {new Date(listed.expiresAt).toLocaleString()}</li>}
          {listed.forkedFrom !== undefined && (
            <li>
              fork of{" "}
              <Link
                to="/streams/$"
                params={{ _splat: listed.forkedFrom.path }}
                search={{ at: listed.forkedFrom.offset }}
              >
                {readablePath(listed.forkedFrom.path)}
              </Link>
            </li>
          )}
        </>
      )}
    </ul>
  );
}
