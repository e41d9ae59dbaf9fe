import { useCallback, useState } from "react";
import { PageButtons } from "../design/PageButtons.tsx";
import { formatAgo, formatCount } from "../format/sizes.ts";
import { useNow } from "../format/use-now.ts";
import { listProducers, type ProducersPage } from "../server/producers.ts";
import { useAsked } from "../server/use-asked.ts";
import { useStreamView } from "../stream/stream-view.ts";
import "../design/table.css";

const REFRESH_MS = 2000;

/** The idempotent producers of the stream: what the server judges their next append by. */
export function ProducersPanel() {
  const { path } = useStreamView();
  const [after, setAfter] = useState("");
  const question = useCallback((signal: AbortSignal) => listProducers(path, after, signal), [path, after]);
  const { data, failure } = useAsked(question, REFRESH_MS);
  if (failure !== undefined) return <p className="panel-note error">{failure}</p>;
  if (data === undefined) return <p className="panel-note soft">Asking…</p>;
  if (data.producers.length === 0 && after === "")
    return <p className="panel-note soft">No idempotent producer has written to this stream.</p>;
  const { next } = data;
  return (
    <section className="panel table-scroller" aria-label="Producers" tabIndex={0}>
      <ProducersTable producers={data.producers} />
      <div className="panel-tools">
        <PageButtons {...{ after, next }} onGo={setAfter} />
      </div>
    </section>
  );
}

function ProducersTable({ producers }: Pick<ProducersPage, "producers">) {
  const now = useNow();
  return (
    <table className="table fit">
      <thead>
        <tr>
          <th scope="col">Producer</th>
          <th scope="col" className="number">
            Epoch
          </th>
          <th scope="col" className="number">
            Last sequence
          </th>
          <th scope="col">Last seen</th>
        </tr>
      </thead>
      <tbody>
        {producers.map(({ id, epoch, lastSeq, lastAppendAt }) => (
          <tr key={id}>
            <th scope="row" className="mono">
              {id}
            </th>
            <td className="number">{formatCount(epoch)}</td>
            <td className="number">{formatCount(lastSeq)}</td>
            <td title={lastAppendAt}>{formatAgo(Date.parse(lastAppendAt), now)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
