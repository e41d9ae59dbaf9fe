import { SingleBar } from "cli-progress";
import { formatSize } from "../writing/sizes.ts";

/** Shows how far a transfer is. Positions are in the unit of the total. */
export interface Progress {
  update(position: number): void;
  stop(): void;
}

/** Shows nothing. */
export const SILENT: Progress = { update: () => {}, stop: () => {} };

export interface ProgressOptions {
  /** How much there is in all; undefined: not known, so there is only a count. */
  readonly total: number | undefined;
  /** How much was done before. */
  readonly start: number;
  /** An amount in words. Default: bytes. */
  readonly format?: (amount: number) => string;
}

/** A bar with rate and time left on standard error, if that is a terminal. */
export function showProgress({ total, start, format = formatSize }: ProgressOptions): Progress {
  if (!process.stderr.isTTY) return SILENT;
  const known = "{bar} {percentage}%  {done} of {all}  {rate}/s  {eta_formatted} left";
  const bar = new SingleBar({
    format: total === undefined ? "{done}  {rate}/s" : known,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  });
  const startedAt = performance.now();
  const facts = (position: number) => ({
    done: format(position),
    all: format(total ?? 0),
    rate: format(Math.round(((position - start) * 1000) / Math.max(1, performance.now() - startedAt))),
  });
  bar.start(total ?? 0, start, facts(start));
  return { update: (position) => bar.update(position, facts(position)), stop: () => bar.stop() };
}
