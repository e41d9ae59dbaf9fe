import { formatOffset } from "@perennial/protocol";
import { CopyButton } from "../design/CopyButton.tsx";
import type { Row } from "../feed/cut-rows.ts";
import { useFeed } from "../feed/use-feed.ts";
import { ForkButton } from "../forks/ForkButton.tsx";
import { formatBytes, formatCount } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { asCurl, asPython, asTypeScript } from "./copy-as.ts";
import { MessageBody } from "./MessageText.tsx";
import type { ViewMode } from "./view-mode.ts";

interface Props {
  readonly row: Row;
  readonly number: number;
  readonly mode: ViewMode;
  readonly onClose: () => void;
}

/** One message in full, where it stands, and ways to take it along. */
export function MessageInspector({ row, number, mode, onClose }: Props) {
  const { feed } = useStreamView();
  const { kind } = useFeed(feed);
  const place = { url: feed.url, offset: formatOffset(row.position), isJson: kind === "json" };
  return (
    <aside className="inspector" aria-label="Message">
      <header className="inspector-header">
        <h2>
          {kind === "json" ? "Message" : kind === "text" ? "Line" : "Row"} {formatCount(number + 1)}
        </h2>
        <span className="soft small">{formatBytes(row.bytes.length)}</span>
        <span className="spacer" />
        <button type="button" className="quiet" aria-label="Close the message" onClick={onClose}>
          ✕
        </button>
      </header>
      <dl className="inspector-offsets small">
        <dt>Offset</dt>
        <dd>
          <code>{place.offset}</code>
        </dd>
        <dt>Next</dt>
        <dd>
          <code>{formatOffset(row.end)}</code>
        </dd>
      </dl>
      <div className="inspector-actions">
        <ForkButton position={row.end} />
        <CopyButton label="Copy" text={() => new TextDecoder().decode(row.bytes)} />
        <CopyButton label="Offset" text={() => place.offset} />
        <CopyButton label="curl" text={() => asCurl(place)} />
        <CopyButton label="TypeScript" text={() => asTypeScript(place)} />
        <CopyButton label="Python" text={() => asPython(place)} />
      </div>
      {/* A region that scrolls has to be reachable by keyboard. */}
      <section className="inspector-body" aria-label="Content" tabIndex={0}>
        <pre>
          <MessageBody row={row} kind={kind} mode={mode} />
        </pre>
      </section>
    </aside>
  );
}
