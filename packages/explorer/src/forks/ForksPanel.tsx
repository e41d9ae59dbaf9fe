import { parseOffset } from "@perennial/protocol";
import { useMemo } from "react";
import { useCatalog } from "../catalog/use-catalog.ts";
import { formatBytes } from "../format/sizes.ts";
import { readablePath } from "../server/readable-path.ts";
import { StreamLink } from "../stream/StreamLink.tsx";
import { useStreamView } from "../stream/stream-view.ts";
import { ForkLanes, LANE_HEIGHT } from "./ForkLanes.tsx";
import { type ForkNode, forkFamily } from "./fork-family.ts";
import "./forks.css";

/** All forks that the stream has to do with: a line for each, from where it left its source to its tail. */
export function ForksPanel() {
  const { path, at } = useStreamView();
  const { entries } = useCatalog();
  const nodes = useMemo(
    () => forkFamily(entries, path, (offset) => parseOffset(offset) ?? 0),
    [entries, path],
  );
  return (
    <div className="panel forks">
      {nodes.length === 1 && (
        <p className="soft">This stream has no forks yet. Choose a message, and press “Fork here”.</p>
      )}
      <div className="forks-graph">
        <ul className="forks-names">
          {nodes.map((node) => (
            <li key={node.path} style={{ height: LANE_HEIGHT, paddingLeft: node.depth * 16 }}>
              <ForkName node={node} />
            </li>
          ))}
        </ul>
        <ForkLanes nodes={nodes} current={path} at={at} />
        <ul className="forks-sizes small soft">
          {nodes.map((node) => (
            <li key={node.path} style={{ height: LANE_HEIGHT }}>
              {sizeOf(node)}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function ForkName({ node: { path, exists } }: { readonly node: ForkNode }) {
  const { path: current, openBeside } = useStreamView();
  const name = readablePath(path);
  if (!exists) return <span className="fork-name soft">{name} (deleted)</span>;
  if (path === current) return <strong className="fork-name">{name}</strong>;
  return (
    <>
      <StreamLink path={path} panel="forks" className="fork-name">
        {name}
      </StreamLink>
      <button
        type="button"
        className="quiet small"
        title={`Open ${name} beside this stream`}
        onClick={() => openBeside(path)}
      >
        Beside
      </button>
    </>
  );
}

function sizeOf({ parentLane, from, to }: ForkNode): string {
  if (parentLane === undefined) return formatBytes(to);
  return `left at ${formatBytes(from)}, + ${formatBytes(to - from)}`;
}
