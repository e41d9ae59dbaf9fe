import { runClosedLoop } from "./closed-loop.ts";
import type { Address } from "./exchange.ts";
import { buildRequests, type RequestSeries } from "./requests.ts";
import type { Errors } from "./result.ts";

const CONNECTIONS = 32;
const SECONDS_MAX = 90;

/** Sends every request of a series once, outside the measurement; resolves to what failed. */
export async function sendOnce(address: Address, series: RequestSeries): Promise<Errors> {
  const requests = buildRequests(series, address);
  const deadline = performance.now() + SECONDS_MAX * 1000;
  let sent = 0;
  const { errors } = await runClosedLoop({
    address,
    connections: Math.min(CONNECTIONS, series.count),
    next: () => (performance.now() > deadline ? undefined : requests[sent++]),
  });
  if (sent < series.count) {
    throw new Error(`only ${sent} of ${series.count} ${series.method} requests answered in ${SECONDS_MAX} s`);
  }
  return errors;
}

/** Creates the streams of a workload; resolves to what failed, by status. */
export function createStreams(
  address: Address,
  root: string,
  count: number,
  contentType: string,
): Promise<Errors> {
  return sendOnce(address, { method: "PUT", root, count, headers: { "Content-Type": contentType } });
}
