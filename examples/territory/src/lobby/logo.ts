import { COLORS } from "../../shared/rules.ts";

/** What the board looks like in the middle of a game, small. */
const PICTURE = [
  "00011122",
  "03011222",
  "33311422",
  "33344422",
  "53344662",
  "55544666",
  "55777666",
  "57777766",
];
const NS = "http://www.w3.org/2000/svg";

export function logo(): SVGSVGElement {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", "0 0 8 8");
  svg.setAttribute("class", "logo");
  svg.setAttribute("aria-hidden", "true");
  for (const [y, row] of PICTURE.entries())
    for (const [x, sign] of [...row].entries()) {
      const cell = document.createElementNS(NS, "rect");
      const attributes = { x, y, width: 1.02, height: 1.02, fill: COLORS[Number(sign)]! };
      for (const [name, value] of Object.entries(attributes)) cell.setAttribute(name, String(value));
      svg.append(cell);
    }
  return svg;
}
