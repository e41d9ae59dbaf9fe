/** SVG as text: two kinds of pictures need no library for charts. */

/** Attributes of an element; numbers are rounded to a hundredth. */
export type Attributes = Readonly<Record<string, string | number>>;

/** One element with its content, which is markup already. */
export function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(shown(value))}"`);
  return content === ""
    ? `<${name}${written.join("")}/>`
    : `<${name}${written.join("")}>${content}</${name}>`;
}

/** A line of text. */
export function text(content: string, attributes: Attributes): string {
  return element("text", attributes, escaped(content));
}

/** What a pointer that rests on the element around it is told. */
export function tooltip(content: string): string {
  return element("title", {}, escaped(content));
}

/** A whole picture on white, so that it reads the same on any page. */
export function picture(width: number, height: number, content: readonly string[]): string {
  const background = element("rect", { width, height, fill: "white" });
  return element(
    "svg",
    {
      ...{ xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` },
      ...{ "font-family": "sans-serif", "font-size": 11 },
    },
    `${background}${content.join("")}`,
  );
}

function shown(value: string | number): string {
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
}

function escaped(value: string): string {
  return value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
