import type { StreamEntry } from "../catalog/merge-page.ts";
import { readablePath } from "../server/readable-path.ts";
import { StreamLink } from "../stream/StreamLink.tsx";

interface Props {
  readonly title: string;
  readonly streams: readonly StreamEntry[];
  /** What makes a stream belong here, as text. */
  readonly figure: (stream: StreamEntry) => string;
}

/** Some streams, each with the figure that brought it here. */
export function TopTable({ title, streams, figure }: Props) {
  return (
    <section className="top-table">
      <h2>{title}</h2>
      <ol>
        {streams.map((stream) => (
          <li key={stream.path}>
            <StreamLink path={stream.path}>{readablePath(stream.path)}</StreamLink>
            <span className="soft small">{figure(stream)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
