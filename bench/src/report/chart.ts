import { parse, type Spec, View } from "vega";
import type { Row } from "../results.ts";
import { type FigureName, figureDefinition, figureHeading } from "./figures.ts";
import { figureOf, isClean } from "./rows.ts";

interface Bar {
  readonly variant: string;
  readonly peer: string;
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly label: string;
}

/** A bar chart of one figure as SVG: a group of bars per variant, one per server, with the range over the rounds. */
export async function barChart(
  rows: readonly Row[],
  figure: FigureName,
  title: string,
): Promise<string | undefined> {
  const bars = rows.flatMap((row) => bar(row, figure));
  if (bars.length === 0) return undefined;
  return await new View(parse(chartSpec(bars, figureHeading(figure), title)), { renderer: "none" }).toSVG();
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

function chartSpec(bars: readonly Bar[], axisTitle: string, title: string): Spec {
  const peers = new Set(bars.map((each) => each.peer)).size;
  const variants = new Set(bars.map((each) => each.variant)).size;
  return {
    $schema: "https://vega.github.io/schema/vega/v6.json",
    background: "white",
    padding: 8,
    width: 560,
    height: variants * (peers * 18 + 14),
    title: { text: title, anchor: "start" },
    data: [{ name: "bars", values: [...bars] }],
    scales: [
      {
        name: "variant",
        type: "band",
        domain: { data: "bars", field: "variant" },
        range: "height",
        padding: 0.12,
      },
      {
        name: "value",
        type: "linear",
        domain: { data: "bars", field: "highest" },
        range: "width",
        nice: true,
        zero: true,
      },
      {
        name: "colour",
        type: "ordinal",
        domain: { data: "bars", field: "peer" },
        range: { scheme: "tableau10" },
      },
    ],
    axes: [
      { orient: "left", scale: "variant", ticks: false, domain: false, labelPadding: 8 },
      { orient: "bottom", scale: "value", title: axisTitle, grid: true, format: "~s" },
    ],
    legends: [{ fill: "colour", orient: "right" }],
    marks: [groupMark()],
  };
}

/** One group per variant; inside it the servers share the height. */
function groupMark(): NonNullable<Spec["marks"]>[number] {
  const band = { scale: "peer", field: "peer" } as const;
  return {
    type: "group",
    from: { facet: { data: "bars", name: "facet", groupby: "variant" } },
    encode: { enter: { y: { scale: "variant", field: "variant" } } },
    signals: [{ name: "height", update: "bandwidth('variant')" }],
    scales: [
      {
        name: "peer",
        type: "band",
        range: "height",
        domain: { data: "facet", field: "peer" },
        padding: 0.15,
      },
    ],
    marks: [
      {
        type: "rect",
        from: { data: "facet" },
        encode: {
          enter: {
            ...{ y: band, height: { scale: "peer", band: 1 }, fill: { scale: "colour", field: "peer" } },
            ...{ x: { scale: "value", value: 0 }, x2: { scale: "value", field: "median" } },
          },
        },
      },
      {
        type: "rule",
        from: { data: "facet" },
        encode: {
          enter: {
            ...{ y: { ...band, band: 0.5 }, stroke: { value: "#333" } },
            ...{ x: { scale: "value", field: "lowest" }, x2: { scale: "value", field: "highest" } },
          },
        },
      },
      {
        type: "text",
        from: { data: "facet" },
        encode: {
          enter: {
            ...{ text: { field: "label" }, fill: { value: "#b00" }, fontSize: { value: 10 } },
            ...{ x: { scale: "value", field: "highest", offset: 4 }, y: { ...band, band: 0.5 } },
            ...{ baseline: { value: "middle" } },
          },
        },
      },
    ],
  };
}
