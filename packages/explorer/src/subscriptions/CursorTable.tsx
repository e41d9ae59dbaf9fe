import { formatBytes, formatCount } from "../format/sizes.ts";
import { readablePath } from "../server/readable-path.ts";
import type { Cursor } from "../server/subscriptions.ts";
import { StreamLink } from "../stream/StreamLink.tsx";
import { lagOf } from "./lag.ts";

interface Props {
  /** Those that the server names: the ones with news first. */
  readonly cursors: readonly Cursor[];
  /** Of all streams. */
  readonly count: number;
}

/** How far each stream of a subscription was read. */
export function CursorTable({ cursors, count }: Props) {
  return (
    <>
      <h2>Cursors</h2>
      {cursors.length < count && (
        <p className="soft">
          The first {formatCount(cursors.length)} of {formatCount(count)} streams, those with news first.
        </p>
      )}
      {cursors.length === 0 ? (
        <p className="soft">No stream is watched yet.</p>
      ) : (
        <div className="subscription-table">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Stream</th>
                <th scope="col" className="number">
                  Behind by
                </th>
                <th scope="col">Read up to</th>
              </tr>
            </thead>
            <tbody>
              {cursors.map((cursor) => (
                <tr key={cursor.path}>
                  <th scope="row">
                    <StreamLink path={cursor.path}>{readablePath(cursor.path)}</StreamLink>
                  </th>
                  <td className="number">{formatBytes(lagOf(cursor))}</td>
                  <td className="mono soft">{cursor.acked_offset}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
