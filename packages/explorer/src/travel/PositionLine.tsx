import { useRouter } from "@tanstack/react-router";
import { STREAM_PAGE } from "../app/stream-addresses.ts";
import { CopyButton } from "../design/CopyButton.tsx";
import { Icon } from "../design/Icon.tsx";
import { Offset } from "../design/Offset.tsx";
import { useStreamView } from "../stream/stream-view.ts";

interface Props {
  /** The position in words, such as `after 3 of 9`. */
  readonly where: string;
  readonly offset: string;
}

/** Says where the timeline is. Leads back to now, and gives a link to what is shown here. */
export function PositionLine({ where, offset }: Props) {
  const { path, panel, at, setAt } = useStreamView();
  const router = useRouter();
  const link = (): string => {
    // Now is what the stream is when the link is followed.
    const search = { path, ...(at !== undefined && { at: offset }), ...(panel !== undefined && { panel }) };
    return location.origin + router.buildLocation({ to: STREAM_PAGE, search }).publicHref;
  };
  return (
    <div className="timeline-words small">
      <span className={at === undefined ? "soft" : "timeline-past"}>
        {at === undefined ? "Now" : `As it was ${where}`}
      </span>
      <span className="timeline-offset soft" title="The offset of this position">
        <Offset offset={offset} />
      </span>
      <span className="spacer" />
      {at !== undefined && (
        <button type="button" className="small" onClick={() => setAt(undefined)}>
          Back to now
          <Icon name="now" />
        </button>
      )}
      <CopyButton label="Copy link" icon="link" text={link} />
    </div>
  );
}
