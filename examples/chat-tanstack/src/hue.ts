import type { CSSProperties } from "react";

/** The colour of somebody, by the id: the same in every browser. Agents have that of the house. */
export function hueOf(id: string): CSSProperties {
  const hash = [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
  return { "--hue": String((hash * 47) % 360) } as CSSProperties;
}

/** Up to two letters that stand for a name. */
export function initialsOf(name: string): string {
  const [first = "?", second] = name.split(/\s+/);
  return ([...first][0] ?? "?") + (second ? ([...second][0] ?? "") : "");
}
