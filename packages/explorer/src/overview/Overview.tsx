import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { StreamEntry } from "../catalog/merge-page.ts";
import { useCatalog } from "../catalog/use-catalog.ts";
import { Icon } from "../design/Icon.tsx";
import { formatAgo, formatBytes, formatCount, formatRate } from "../format/sizes.ts";
import { useNow } from "../format/use-now.ts";
import { FirstSteps } from "./FirstSteps.tsx";
import { TopTable } from "./TopTable.tsx";
import { topStreams } from "./top-streams.ts";
import "./overview.css";

/** Streams in each list. */
const TOP = 8;

/** What the page shows before a stream is chosen. */
export function Overview() {
  const { entries, isComplete } = useCatalog();
  return (
    <div className="overview">
      <h1>{location.host}</h1>
      <Figures entries={entries} />
      {entries.length > 0 ? <TopLists entries={entries} /> : isComplete && <FirstSteps />}
      <Link to="/subscriptions" className="overview-card">
        <Icon name="again" />
        <span>
          <strong>Subscriptions</strong>
          <span className="soft">Who is woken by news, how far behind they are, and what failed.</span>
        </span>
      </Link>
      <Link to="/multiplayer" className="overview-card">
        <Icon name="people" />
        <span>
          <strong>Multiplayer</strong>
          <span className="soft">
            Two people and an agent on one stream, and what happens when one of them loses the connection.
          </span>
        </span>
      </Link>
      <p className="soft small overview-keys">
        <span>
          <kbd>/</kbd> searches the streams, <kbd>?</kbd> shows all keys.
        </span>
        <a href="/licenses.txt">Licenses</a>
      </p>
    </div>
  );
}

interface EntriesProps {
  readonly entries: readonly StreamEntry[];
}

function Figures({ entries }: EntriesProps) {
  let size = 0;
  let rate = 0;
  for (const entry of entries) {
    size += entry.size;
    rate += entry.rate;
  }
  return (
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
        <dd>{formatRate(rate) || "0 B/s"}</dd>
      </div>
    </dl>
  );
}

function TopLists({ entries }: EntriesProps) {
  const now = useNow();
  const written = useMemo(() => topStreams(entries, TOP, byLastAppend), [entries]);
  const largest = useMemo(() => topStreams(entries, TOP, (a, b) => b.size - a.size), [entries]);
  return (
    <div className="top-tables">
      <TopTable
        title="Written last"
        streams={written}
        figure={({ rate, lastAppendAt }) => formatRate(rate) || formatAgo(Date.parse(lastAppendAt), now)}
      />
      <TopTable title="Largest" streams={largest} figure={({ size }) => formatBytes(size)} />
    </div>
  );
}

/** Times of one form: their order is the order of their texts. */
function byLastAppend(a: StreamEntry, b: StreamEntry): number {
  return a.lastAppendAt === b.lastAppendAt ? 0 : a.lastAppendAt > b.lastAppendAt ? -1 : 1;
}
