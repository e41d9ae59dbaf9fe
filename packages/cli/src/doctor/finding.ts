import type { Probe } from "./probe.ts";

/** What a check found. */
export interface Finding {
  /** `problem`: streams do not work as they must. `warning`: they do, but something is odd. */
  readonly verdict: "ok" | "warning" | "problem";
  /** What was seen. */
  readonly text: string;
  /** What to do about it. */
  readonly advice?: string;
}

export interface Check {
  /** What is checked, in a few words. */
  readonly name: string;
  readonly run: (probe: Probe) => Promise<Finding>;
}

export function fine(text: string): Finding {
  return { verdict: "ok", text };
}

export function problem(text: string, advice: string): Finding {
  return { verdict: "problem", text, advice };
}

export function warning(text: string, advice: string): Finding {
  return { verdict: "warning", text, advice };
}
