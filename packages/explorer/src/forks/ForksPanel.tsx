import { parseOffset } from "@perennial/protocol";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useCatalog } from "../catalog/use-catalog.ts";
import { formatBytes } from "../format/sizes.ts";
import { readablePath } from "../server/address.ts";
import { useStreamView } from "../stream/stream-view.ts";
import { type ForkNode, forkFamily } from "./fork-family.ts";
import "./forks.css";

const LANE_HEIGHT = 34;

/** All forks that the stream has to do with: a line for each, from where it left its source to its tail. */
export function ForksPanel() {
  const { path, openBeside } = useStreamView();
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
            <li key={node.path} style={{ height: LANE_HEIGHT, paddingLeft: node.depth * 14 }}>
              {node.exists ? (
                <Link
                  to="/streams/$"
                  params={{ _splat: node.path }}
                  search={{ panel: "forks" }}
                  className={node.path === path ? "fork-name current" : "fork-name"}
                >
                  {readablePath(node.path)}
                </Link>
              ) : (
                <span className="fork-name soft">{readablePath(node.path)} (deleted)</span>
              )}
              {node.exists && node.path !== path && (
                <button type="button" className="quiet small" onClick={() => openBeside(node.path)}>
                  Beside
                </button>
              )}
            </li>
          ))}
        </ul>
        <Lanes nodes={nodes} current={path} />
        <ul className="forks-sizes small soft">
          {nodes.map((node) => (
            <li key={node.path} style={{ height: LANE_HEIGHT }}>
              {node.parentLane === undefined
                ? formatBytes(node.to)
                : `left at ${formatBytes(node.from)}, + ${formatBytes(node.to - node.from)}`}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** Width of the drawing in its own units; it is stretched to the room there is. */
const WIDTH = 1000;

function Lanes({ nodes, current }: { readonly nodes: readonly ForkNode[]; readonly current: string }) {
  const longest = Math.max(1, ...nodes.map(({ to }) => to));
  const x = (position: number): number => 8 + (position / longest) * (WIDTH - 16);
  const y = (lane: number): number => (lane + 0.5) * LANE_HEIGHT;
  const height = nodes.length * LANE_HEIGHT;
  return (
    <svg
      className="forks-lanes"
      viewBox={`0 0 ${WIDTH} ${height}`}
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {nodes.map(({ path, lane, from, to, parentLane, exists }) => {
        const stem = parentLane === undefined ? "" : `M${x(from)} ${y(parentLane)}V${y(lane)}`;
        // A fork of a fork may leave in what its source shares with an older one.
        const shared = Math.min(
          from,
          ...nodes.filter((node) => node.parentLane === lane).map((node) => node.from),
        );
        const classes = ["lane", path === current && "current", !exists && "gone"].filter(Boolean).join(" ");
        return (
          <g key={path} className={classes}>
            {stem !== "" && <path className="lane-stem" d={stem} />}
            {shared < from && <path className="lane-shared" d={`M${x(shared)} ${y(lane)}H${x(from)}`} />}
            <path d={`M${x(from)} ${y(lane)}H${Math.max(x(to), x(from) + 4)}`} />
            <path d={`M${Math.max(x(to), x(from) + 4)} ${y(lane) - 6}v12`} />
          </g>
        );
      })}
    </svg>
  );
}
