import type { StreamEntry } from "../catalog/merge-page.ts";
import { useListedStream } from "../catalog/use-catalog.ts";
import { useFeed } from "../feed/use-feed.ts";
import { formatAgo, formatBytes, formatCount, formatRate } from "../format/sizes.ts";
import { useNow } from "../format/use-now.ts";
import { readablePath } from "../server/readable-path.ts";
import { StreamLink } from "./StreamLink.tsx";
import { useStreamView } from "./stream-view.ts";

/** For one, and for any other number. */
const ROW_NAMES = {
  json: ["message", "messages"],
  text: ["line", "lines"],
  binary: ["row of 16 bytes", "rows of 16 bytes"],
} as const;

/** A line about the stream: what it holds, how much, and how it lives. */
export function StreamFacts() {
  const { path, feed } = useStreamView();
  const { rowCount, contentType, kind } = useFeed(feed);
  const listed = useListedStream(path);
  const type = contentType ?? listed?.contentType;
  return (
    <ul className="facts small soft">
      {type !== undefined && <li className="mono">{type}</li>}
      {/* Before the first answer, or where there is no stream, nobody knows what would be counted. */}
      {contentType !== undefined && (
        <li>
          {formatCount(rowCount)} {ROW_NAMES[kind][rowCount === 1 ? 0 : 1]}
        </li>
      )}
      {listed !== undefined && <ListedFacts {...listed} />}
    </ul>
  );
}

/** What only the list of streams tells. */
function ListedFacts(entry: StreamEntry) {
  const { size, maxBytes, rate, createdAt, lastAppendAt, expiresAt, forkedFrom } = entry;
  const now = useNow();
  const wasWritten = lastAppendAt !== createdAt;
  return (
    <>
      <li>
        {formatBytes(size)}
        {maxBytes !== undefined && ` of ${formatBytes(maxBytes)}`}
      </li>
      {rate > 0.5 && <li className="accent">{formatRate(rate)}</li>}
      <li>
        {wasWritten ? "last write" : "created"} {formatAgo(Date.parse(lastAppendAt), now)}
      </li>
      {expiresAt !== undefined && <li>expires {new Date(expiresAt).toLocaleString()}</li>}
      {forkedFrom !== undefined && (
        <li>
          fork of{" "}
          <StreamLink path={forkedFrom.path} at={forkedFrom.offset}>
            {readablePath(forkedFrom.path)}
          </StreamLink>
        </li>
      )}
    </>
  );
}
