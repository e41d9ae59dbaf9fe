import type { ForkNode } from "./fork-family.ts";

interface Props {
  readonly nodes: readonly ForkNode[];
  /** The path of the stream that is shown, and the position that is looked at. */
  readonly current: string;
  readonly at: number | undefined;
}

/** Of one stream's line, pixels. */
export const LANE_HEIGHT = 36;

/** Shares of the width left free at both ends, for the dots. */
const MARGIN = 0.02;

/** Lines beside the names: each stream from where it left its source to its tail, which is a dot. */
export function ForkLanes({ nodes, current, at }: Props) {
  const longest = Math.max(1, ...nodes.map(({ to }) => to));
  const x = (position: number): string =>
    `${(100 * (MARGIN + (position / longest) * (1 - 2 * MARGIN))).toFixed(2)}%`;
  const height = nodes.length * LANE_HEIGHT;
  return (
    <svg className="forks-lanes" height={height} aria-hidden="true">
      {at !== undefined && <line className="lane-at" x1={x(at)} x2={x(at)} y1="0" y2={height} />}
      {nodes.map((node) => (
        <Lane
          key={node.path}
          node={node}
          isCurrent={node.path === current}
          shared={sharedFrom(node, nodes)}
          x={x}
        />
      ))}
    </svg>
  );
}

/** Where a stream's line has to begin: a fork of a fork may leave in what its source shares with an older one. */
function sharedFrom({ lane, from }: ForkNode, nodes: readonly ForkNode[]): number {
  return Math.min(from, ...nodes.filter(({ parentLane }) => parentLane === lane).map((node) => node.from));
}

interface LaneProps {
  readonly node: ForkNode;
  readonly isCurrent: boolean;
  readonly shared: number;
  readonly x: (position: number) => string;
}

function Lane({ node: { from, to, lane, parentLane, exists }, isCurrent, shared, x }: LaneProps) {
  const y = (line: number): number => (line + 0.5) * LANE_HEIGHT;
  const classes = ["lane", isCurrent && "current", !exists && "gone"].filter(Boolean).join(" ");
  return (
    <g className={classes}>
      {parentLane !== undefined && (
        <>
          <line className="lane-stem" x1={x(from)} x2={x(from)} y1={y(parentLane)} y2={y(lane)} />
          <circle className="lane-branch" cx={x(from)} cy={y(parentLane)} r="3.5" />
        </>
      )}
      {shared < from && (
        <line className="lane-shared" x1={x(shared)} x2={x(from)} y1={y(lane)} y2={y(lane)} />
      )}
      <line x1={x(from)} x2={x(to)} y1={y(lane)} y2={y(lane)} />
      <circle className="lane-tail" cx={x(to)} cy={y(lane)} r={isCurrent ? 6 : 5} />
    </g>
  );
}
