import type { CSSProperties } from "react";

/** Gives an element somebody's colour, as `--color`: the style sheet makes of it what can be read. */
export function colored(color: string): CSSProperties {
  return { "--color": color } as CSSProperties;
}
