import { useListedStream } from "../catalog/use-catalog.ts";
import type { FeedStatus } from "../feed/feed-snapshot.ts";
import { useFeed } from "../feed/use-feed.ts";
import { formatBytes } from "../format/sizes.ts";
import { useStreamView } from "./stream-view.ts";

const WORDS: Readonly<Record<FeedStatus, string>> = {
  connecting: "Connecting",
  "catching-up": "Catching up",
  live: "Live",
  reconnecting: "Reconnecting",
  paused: "Paused",
  closed: "Closed",
  gone: "Gone",
  failed: "Failed",
};

/** How the page is connected to the stream, how far it is behind it, and how often the connection was lost. */
export function ConnectionBadge() {
  const { path, feed, at } = useStreamView();
  const { status, end, reconnects, failure } = useFeed(feed);
  const behind = Math.max(0, (useListedStream(path)?.size ?? 0) - end);
  return (
    <span className={`badge status ${status}`} role="status" title={failure}>
      <span className="status-dot" aria-hidden="true" />
      {status === "live" && at !== undefined ? "Live, not following" : WORDS[status]}
      {behind > 0 && status !== "gone" && <span> · {formatBytes(behind)} behind</span>}
      {reconnects > 0 && (
        <span className="soft">
          {" "}
          · {reconnects} {reconnects === 1 ? "reconnect" : "reconnects"}
        </span>
      )}
    </span>
  );
}
