import { runClosedLoop } from "./closed-loop.ts";
import type { Address } from "./exchange.ts";
import { buildRequests, type RequestSeries } from "./requests.ts";
import type { LoadResult } from "./result.ts";
import { runWrk } from "./wrk.ts";

/** Which program sends plain requests: `wrk`, or our own loop where it is missing. */
export type Generator = "wrk" | "own";

/** Plain requests as fast as the server answers them. */
export interface PlainLoad {
  readonly generator: Generator;
  readonly address: Address;
  readonly connections: number;
  /** Threads of `wrk`. Our own loop has one. */
  readonly threads: number;
  readonly seconds: number;
  readonly series: RequestSeries;
}

/** Sends the requests of a series in turn over all connections, for some seconds. */
export function runPlain(load: PlainLoad): Promise<LoadResult> {
  if (load.generator === "wrk") return runWrk(load);
  const requests = buildRequests(load.series, load.address);
  let position = 0;
  return runClosedLoop({
    ...load,
    next: () => {
      const request = requests[position]!;
      position = position + 1 === requests.length ? 0 : position + 1;
      return request;
    },
  });
}
