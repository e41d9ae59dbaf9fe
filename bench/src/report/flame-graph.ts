import type { FlameBox } from "./cpu-profile.ts";
import { element, picture, text, tooltip } from "./svg.ts";

const ROW_HEIGHT = 17;
const WIDTH = 1200;
const MARGIN = 8;
const TITLE_HEIGHT = 26;
const CHARACTER_WIDTH = 6.2;

/** A flame graph as SVG: callers below, the functions that they called above; width is CPU time. */
export function flameGraph(boxes: readonly FlameBox[], title: string): string {
  const depth = 1 + Math.max(0, ...boxes.map((box) => box.depth));
  return picture(WIDTH + 2 * MARGIN, depth * ROW_HEIGHT + TITLE_HEIGHT + MARGIN, [
    text(title, { x: MARGIN, y: 18, "font-weight": "bold" }),
    ...boxes.map((box) => drawBox(box, TITLE_HEIGHT + (depth - box.depth - 1) * ROW_HEIGHT)),
  ]);
}

function drawBox(box: FlameBox, y: number): string {
  const x = MARGIN + box.from * WIDTH;
  const width = (box.to - box.from) * WIDTH;
  const place = { x, y, width, height: ROW_HEIGHT - 1, fill: colourOf(box.name), stroke: "white" };
  const label = text(labelOf(box), { x: x + 3, y: y + 12, "font-family": "monospace", "font-size": 10 });
  return element("g", {}, element("rect", place, tooltip(`${box.name} ${percent(box)}`)) + label);
}

/** One soft colour for each name, the same in every picture. */
function colourOf(name: string): string {
  let hash = 0;
  for (let at = 0; at < name.length; at += 1) hash = (hash * 31 + name.charCodeAt(at)) % 360;
  return `hsl(${hash} 60% 82%)`;
}

function percent(box: FlameBox): string {
  return `${((box.to - box.from) * 100).toFixed(1)} %`;
}

/** As much of the name as fits into the box. */
function labelOf(box: FlameBox): string {
  const characters = Math.floor(((box.to - box.from) * WIDTH - 6) / CHARACTER_WIDTH);
  return box.name.slice(0, Math.max(characters, 0));
}
