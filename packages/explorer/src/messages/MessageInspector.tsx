import { formatOffset } from "@perennial/protocol";
import { CopyButton } from "../design/CopyButton.tsx";
import { IconButton } from "../design/IconButton.tsx";
import { Offset } from "../design/Offset.tsx";
import type { Row } from "../feed/cut-rows.ts";
import { useFeed } from "../feed/use-feed.ts";
import { ForkButton } from "../forks/ForkButton.tsx";
import { formatBytes, formatCount } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { asCurl, asPython, asTypeScript } from "./copy-as.ts";
import { MessageBody } from "./MessageBody.tsx";
import type { Marks } from "./MessageText.tsx";
import type { ViewMode } from "./view-mode.ts";

interface Props {
  readonly row: Row;
  /** From 0; undefined while nobody knows it. */
  readonly number: number | undefined;
  readonly mode: ViewMode;
  readonly marks: Marks | undefined;
  readonly onClose: () => void;
}

const ROW_NAMES = { json: "Message", text: "Line", binary: "Row" } as const;

/** One message in full, where it stands, and ways to take it along. */
export function MessageInspector({ row, number, mode, marks, onClose }: Props) {
  const { feed } = useStreamView();
  const { kind } = useFeed(feed);
  return (
    <aside className="inspector" aria-label="Message">
      <header className="inspector-header">
        <h2>
          {ROW_NAMES[kind]} {number !== undefined && formatCount(number + 1)}
        </h2>
        <span className="soft small">{formatBytes(row.bytes.length)}</span>
        <span className="spacer" />
        <ForkButton position={row.end} />
        <IconButton icon="close" label="Close the message" className="quiet" onClick={onClose} />
      </header>
      <dl className="inspector-offsets small soft">
        <dt>Offset</dt>
        <dd>
          <Offset offset={formatOffset(row.position)} />
        </dd>
        <dt>Next</dt>
        <dd>
          <Offset offset={formatOffset(row.end)} />
        </dd>
      </dl>
      <CopyGroup row={row} />
      <MessageBody key={`${row.position} ${mode}`} {...{ row, kind, mode, marks }} />
    </aside>
  );
}

/** The message itself, and its place as something to paste. */
function CopyGroup({ row }: { readonly row: Row }) {
  const { feed } = useStreamView();
  const { kind } = useFeed(feed);
  const place = { url: feed.url, offset: formatOffset(row.position), isJson: kind === "json" };
  return (
    <div className="inspector-copy small">
      <span className="soft">Copy</span>
      <fieldset className="button-group">
        <legend className="visually-hidden">Copy</legend>
        <CopyButton label={ROW_NAMES[kind]} text={() => new TextDecoder().decode(row.bytes)} />
        <CopyButton label="Offset" text={() => place.offset} />
        <CopyButton label="curl" text={() => asCurl(place)} />
        <CopyButton label="TypeScript" text={() => asTypeScript(place)} />
        <CopyButton label="Python" text={() => asPython(place)} />
      </fieldset>
    </div>
  );
}
