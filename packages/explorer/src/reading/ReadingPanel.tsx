import { useState } from "react";
import { useFeed } from "../feed/use-feed.ts";
import { formatBytes } from "../format/sizes.ts";
import { useStreamView } from "../stream/stream-view.ts";
import type { Reader } from "./reader.ts";
import { ShownText } from "./ShownText.tsx";
import { KNOWN_SHAPES } from "./text-shapes.ts";
import { type Reading, useReading } from "./use-reading.ts";
import "./reading.css";

/** The stream as text that one reads, following what is being written. */
export function ReadingPanel() {
  const { feed, at } = useStreamView();
  const { status, kind, end } = useFeed(feed);
  const [shape, setShape] = useState<string>();
  const [isMarkdown, setMarkdown] = useState(false);
  const reading = useReading(feed, at, shape);
  const isOnTheWay = status === "connecting" || status === "catching-up";
  return (
    <div className="panel">
      <div className="panel-tools">
        {kind === "json" && <ShapePicker reader={reading.reader} chosen={shape} onChoose={setShape} />}
        <button type="button" aria-pressed={isMarkdown} onClick={() => setMarkdown(!isMarkdown)}>
          Markdown
        </button>
        <span className="spacer" />
        <span className="small soft" role="status">
          {isOnTheWay && `Reading the stream: ${formatBytes(end)} so far`}
        </span>
      </div>
      {reading.failure === undefined ? (
        <Content reading={reading} isMarkdown={isMarkdown} />
      ) : (
        <p className="panel-note error">{reading.failure}</p>
      )}
    </div>
  );
}

interface ContentProps {
  readonly reading: Reading;
  readonly isMarkdown: boolean;
}

function Content({ reading, isMarkdown }: ContentProps) {
  const { feed, at } = useStreamView();
  const { status, kind, end } = useFeed(feed);
  if (reading.reader.turns.length > 0)
    return <ShownText {...{ reading, isMarkdown }} isGrowing={status === "live" && at === undefined} />;
  if (reading.isBusy || status === "connecting" || status === "catching-up")
    return <p className="panel-note soft">Reading…</p>;
  if (end === 0) return <p className="panel-note soft">Nothing has been written yet.</p>;
  return (
    <p className="panel-note soft">
      {kind === "json"
        ? "No text found in these messages. Choose the field that holds it."
        : "There is nothing to read before this position."}
    </p>
  );
}

interface PickerProps {
  readonly reader: Reader;
  readonly chosen: string | undefined;
  readonly onChoose: (name: string | undefined) => void;
}

/** Where the text of the messages is. */
function ShapePicker({ reader, chosen, onChoose }: PickerProps) {
  const guessed = reader.shape?.name;
  const isKnown = KNOWN_SHAPES.some(({ name }) => name === chosen);
  const fields = reader.fields;
  const others = chosen !== undefined && !isKnown && !fields.includes(chosen) ? [chosen] : [];
  return (
    <label className="reading-shape">
      <span className="soft">Text in</span>
      <select value={chosen ?? ""} onChange={({ target }) => onChoose(target.value || undefined)}>
        <option value="">
          {chosen === undefined && guessed !== undefined ? `${guessed} (found)` : "Find it"}
        </option>
        <optgroup label="Fields">
          {[...others, ...fields].map((field) => (
            <option key={field}>{field}</option>
          ))}
        </optgroup>
        <optgroup label="Formats">
          {KNOWN_SHAPES.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}
