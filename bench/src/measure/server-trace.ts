import { existsSync, readFileSync } from "node:fs";
import type { FigureName } from "../report/figures.ts";
import { parseGarbageCollections } from "./gc-trace.ts";

/** How late the event loop was at one moment. */
export interface LoopSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds. */
  readonly delay: number;
}

/** A stretch of time, in milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** What a measured process left behind about itself. */
export interface ServerTrace {
  /** Its output. */
  readonly logFile: string;
  /** The samples of the loop probe, if it ran. */
  readonly loopFile: string;
  /** When the process was started, milliseconds since 1970. */
  readonly startedAt: number;
}

/** The longest garbage collection and the delays of the event loop within the measured time. */
export function traceFigures(
  trace: ServerTrace,
  measured: Interval | undefined,
): Partial<Record<FigureName, number>> {
  if (measured === undefined) return {};
  const within = (at: number) => at >= measured.from && at <= measured.to;
  const delays = readSamples(trace.loopFile)
    .filter((sample) => within(sample.at))
    .map((sample) => sample.delay);
  const pauses = parseGarbageCollections(readIfThere(trace.logFile))
    .filter((collection) => within(trace.startedAt + collection.at))
    .map((collection) => collection.pause);
  return {
    ...(delays.length === 0
      ? {}
      : { loopDelayP99: percentile(delays, 0.99), loopDelayMax: Math.max(...delays) }),
    ...(pauses.length === 0 ? {} : { pauseMax: Math.max(...pauses) }),
  };
}

/** The value that the given share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? 0;
}

function readSamples(file: string): LoopSample[] {
  const text = readIfThere(file);
  return text === "" ? [] : (JSON.parse(text) as LoopSample[]);
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
