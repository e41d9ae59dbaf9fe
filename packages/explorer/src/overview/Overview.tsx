import { Link } from "@tanstack/react-router";
import { useCatalog } from "../catalog/use-catalog.ts";
import { formatBytes, formatCount, formatRate } from "../format/sizes.ts";
import "./overview.css";

/** What the page shows before a stream is chosen. */
export function Overview() {
  const { entries } = useCatalog();
  let size = 0;
  let rate = 0;
  for (const entry of entries) {
    size += entry.size;
    rate += entry.rate;
  }
  return (
    <div className="overview">
      <h1>Streams on {location.host}</h1>
      <dl className="figures">
        <div>
          <dt>Streams</dt>
          <dd>{formatCount(entries.length)}</dd>
        </div>
        <div>
          <dt>Stored</dt>
          <dd>{formatBytes(size)}</dd>
        </div>
        <div>
          <dt>Growing by</dt>
          <dd>{formatRate(rate) || "–"}</dd>
        </div>
      </dl>
      <p className="soft">
        Choose a stream on the left, or press <kbd>/</kbd> to search. <kbd>?</kbd> shows all keys.
      </p>
      <p className="soft">
        <Link to="/multiplayer">Multiplayer</Link> shows two people and an agent on one stream, and what
        happens when one of them loses the connection.
      </p>
    </div>
  );
}
