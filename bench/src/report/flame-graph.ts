import { parse, type Spec, View } from "vega";
import type { FlameBox } from "./cpu-profile.ts";

const ROW_HEIGHT = 17;
const WIDTH = 1200;
const CHARACTER_WIDTH = 6.2;

/** A flame graph as SVG: callers below, the functions that they called above; width is CPU time. */
export async function flameGraph(boxes: readonly FlameBox[], title: string): Promise<string> {
  return await new View(parse(spec(boxes, title)), { renderer: "none" }).toSVG();
}

function spec(boxes: readonly FlameBox[], title: string): Spec {
  const depth = 1 + Math.max(0, ...boxes.map((box) => box.depth));
  const values = boxes.map((box) => ({ ...box, label: label(box), tooltip: `${box.name} ${percent(box)}` }));
  return {
    $schema: "https://vega.github.io/schema/vega/v6.json",
    background: "white",
    padding: 8,
    width: WIDTH,
    height: depth * ROW_HEIGHT,
    title: { text: title, anchor: "start" },
    data: [{ name: "boxes", values }],
    scales: [
      { name: "x", type: "linear", domain: [0, 1], range: "width" },
      { name: "y", type: "linear", domain: [0, depth], range: [depth * ROW_HEIGHT, 0] },
      {
        name: "colour",
        type: "ordinal",
        domain: { data: "boxes", field: "name" },
        range: { scheme: "pastel1" },
      },
    ],
    marks: [
      {
        type: "rect",
        from: { data: "boxes" },
        encode: {
          enter: {
            ...{ x: { scale: "x", field: "from" }, x2: { scale: "x", field: "to" } },
            ...{ y2: { scale: "y", field: "depth" }, height: { value: ROW_HEIGHT - 1 } },
            ...{
              fill: { scale: "colour", field: "name" },
              stroke: { value: "white" },
              tooltip: { field: "tooltip" },
            },
          },
        },
      },
      {
        type: "text",
        from: { data: "boxes" },
        encode: {
          enter: {
            ...{ x: { scale: "x", field: "from", offset: 3 }, y: { scale: "y", field: "depth", offset: -5 } },
            ...{ text: { field: "label" }, fontSize: { value: 10 }, font: { value: "monospace" } },
          },
        },
      },
    ],
  };
}

function percent(box: FlameBox): string {
  return `${((box.to - box.from) * 100).toFixed(1)} %`;
}

/** As much of the name as fits into the box. */
function label(box: FlameBox): string {
  const characters = Math.floor(((box.to - box.from) * WIDTH - 6) / CHARACTER_WIDTH);
  return box.name.slice(0, Math.max(characters, 0));
}
