import type { Row } from "../results.ts";
import { type FigureName, figureDefinition, figureHeading } from "./figures.ts";
import { figureOf, isClean } from "./rows.ts";
import { element, picture, text } from "./svg.ts";

interface Bar {
  readonly variant: string;
  readonly peer: string;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly label: string;
}

const LEFT = 140;
const TOP = 32;
const WIDTH = 560;
const LEGEND = 190;
const BAR = 15;
const BAR_GAP = 3;
const GROUP_GAP = 14;
const COLOURS = ["#4c78a8", "#f58518", "#54a24b", "#e45756", "#72b7b2", "#b279a2", "#eeca3b", "#9d755d"];

/** A bar chart of one figure as SVG: a group of bars per variant, one per server, with the range over the rounds. */
export function barChart(rows: readonly Row[], figure: FigureName, title: string): string | undefined {
  const bars = rows.flatMap((row) => bar(row, figure));
  if (bars.length === 0) return undefined;
  const peers = [...new Set(bars.map((each) => each.peer))];
  const variants = [...new Set(bars.map((each) => each.variant))];
  const step = peers.length * (BAR + BAR_GAP) + GROUP_GAP;
  const height = variants.length * step;
  const end = niceEnd(Math.max(...bars.map((each) => each.highest)));
  const x = (value: number): number => LEFT + (value / end) * WIDTH;
  return picture(LEFT + WIDTH + LEGEND, TOP + height + 44, [
    text(title, { x: 8, y: 18, "font-weight": "bold", "font-size": 13 }),
    ...axis(end, height, x, figureHeading(figure)),
    ...variants.flatMap((variant, index) => {
      const group = bars.filter((each) => each.variant === variant);
      return drawGroup(group, TOP + index * step, peers, x);
    }),
    ...legend(peers),
  ]);
}

function bar(row: Row, figure: FigureName): Bar[] {
  const summary = figureOf(row, figure);
  if (summary === undefined) return [];
  const scale = figureDefinition(figure).scale ?? 1;
  const { median, lowest, highest } = summary;
  return [
    {
      ...{ variant: row.variant, peer: row.peer, label: isClean(row) ? "" : "errors" },
      ...{ median: median / scale, lowest: lowest / scale, highest: highest / scale },
    },
  ];
}

/** The first round number that is not below the value, so that a fifth of it is round, too. */
function niceEnd(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  const factor = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((each) => each * power >= value)!;
  return factor * power;
}

function axis(end: number, height: number, x: (value: number) => number, title: string): string[] {
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => share * end);
  return [
    ...ticks.map((tick) =>
      element("line", { x1: x(tick), x2: x(tick), y1: TOP, y2: TOP + height, stroke: "#ddd" }),
    ),
    ...ticks.map((tick) => text(short(tick), { x: x(tick), y: TOP + height + 16, "text-anchor": "middle" })),
    text(title, { x: x(end / 2), y: TOP + height + 34, "text-anchor": "middle", "font-weight": "bold" }),
  ];
}

function short(value: number): string {
  return new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

function drawGroup(
  group: readonly Bar[],
  top: number,
  peers: readonly string[],
  x: (value: number) => number,
): string[] {
  const middle = top + (group.length * (BAR + BAR_GAP)) / 2 + 4;
  return [
    text(group[0]!.variant, { x: LEFT - 8, y: middle, "text-anchor": "end" }),
    ...group.flatMap((each, index) => {
      const y = top + index * (BAR + BAR_GAP);
      const fill = colourOf(each.peer, peers);
      return [
        element("rect", { x: LEFT, y, width: x(each.median) - LEFT, height: BAR, fill }),
        element("line", {
          ...{ x1: x(each.lowest), x2: x(each.highest), y1: y + BAR / 2, y2: y + BAR / 2, stroke: "#333" },
        }),
        text(each.label, { x: x(each.highest) + 4, y: y + BAR / 2 + 4, fill: "#b00" }),
      ];
    }),
  ];
}

function legend(peers: readonly string[]): string[] {
  const left = LEFT + WIDTH + 16;
  return peers.flatMap((peer, index) => [
    element("rect", { x: left, y: TOP + index * 18, width: 11, height: 11, fill: colourOf(peer, peers) }),
    text(peer, { x: left + 17, y: TOP + index * 18 + 10 }),
  ]);
}

function colourOf(peer: string, peers: readonly string[]): string {
  return COLOURS[peers.indexOf(peer) % COLOURS.length]!;
}
