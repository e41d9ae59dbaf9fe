/** A quick load test by the protocol alone: appends, catch-up reads, and how late a live reader hears of an append. */
import { randomUUID } from "node:crypto";
import { HEADER } from "@perennial/protocol";
import type { Connection } from "../connection/connection.ts";
import { readStream } from "../reading/read-stream.ts";
import { type Figures, Meter } from "./meter.ts";
import { Requester } from "./requester.ts";

export interface LoadOptions {
  /** Requests under way at once. */
  readonly connections: number;
  /** Streams that they are spread over. */
  readonly streams: number;
  /** Bytes of one append. */
  readonly bytes: number;
  /** Length of each phase, ms. */
  readonly durationMs: number;
}

export interface LoadResult {
  readonly appends: Figures;
  readonly reads: Figures;
  /** From before an append to its arrival at an SSE reader. */
  readonly delivery: Figures;
}

const CONTENT_TYPE = "application/octet-stream";
/** Streams of a run are gone after so many seconds even if it is killed. */
const TTL_SECONDS = "3600";
/** Appends of the delivery phase are this far apart, ms: it measures delay, not throughput. */
const DELIVERY_PAUSE_MS = 20;

/** Runs all phases on streams of its own, which are deleted in the end. */
export async function loadTest(connection: Connection, options: LoadOptions): Promise<LoadResult> {
  const urls = Array.from({ length: options.streams }, () => connection.streamUrl(`bench-${randomUUID()}`));
  const creating = { [HEADER.contentType]: CONTENT_TYPE, [HEADER.streamTtl]: TTL_SECONDS };
  const body = new Uint8Array(options.bytes).fill(0x78);
  const requester = new Requester(connection.baseUrl, options.connections, connection.timeoutMs);
  const { headers } = connection;
  const appending = { ...headers, [HEADER.contentType]: CONTENT_TYPE };
  const append = (url: string) => requester.send({ method: "POST", url, headers: appending, body });
  const readTail = (url: string) => requester.send({ method: "GET", url: `${url}?offset=now`, headers });
  try {
    await Promise.all(urls.map((url) => connection.request("PUT", url, { headers: creating })));
    const appends = await drive(options, (turn) => append(urls[turn % urls.length]!));
    const reads = await drive(options, (turn) => readTail(urls[turn % urls.length]!));
    const delivery = await measureDelivery(connection, urls[0]!, append, options.durationMs);
    return { appends, reads, delivery };
  } finally {
    await Promise.allSettled(urls.map((url) => connection.request("DELETE", url)));
    requester.close();
  }
}

/** Repeats an operation on all connections until the time is over. */
async function drive(
  { connections, durationMs }: LoadOptions,
  operation: (turn: number) => Promise<void>,
): Promise<Figures> {
  const meter = new Meter();
  const startedAt = performance.now();
  let turn = 0;
  const worker = async (): Promise<void> => {
    for (let now = performance.now(); now - startedAt < durationMs; now = performance.now()) {
      turn += 1;
      try {
        await operation(turn);
        meter.succeeded(performance.now() - now);
      } catch {
        meter.failed();
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return meter.figures(performance.now() - startedAt);
}

/** Appends one by one, each when the one before has arrived. */
async function measureDelivery(
  connection: Connection,
  url: string,
  append: (url: string) => Promise<void>,
  durationMs: number,
): Promise<Figures> {
  const meter = new Meter();
  let startedAt: number | undefined;
  let sentAt = 0;
  let positions = 0;
  for await (const event of readStream(connection, { url, offset: "now", live: "sse" })) {
    if (event.kind === "data") meter.succeeded(performance.now() - sentAt);
    if (event.kind !== "position") continue;
    positions += 1;
    // The first position is that of the catch-up read; the session is live from the second one on.
    if (positions === 1) continue;
    startedAt ??= performance.now();
    if (performance.now() - startedAt > durationMs) break;
    await new Promise((resolve) => setTimeout(resolve, DELIVERY_PAUSE_MS));
    sentAt = performance.now();
    append(url).catch(() => meter.failed());
  }
  return meter.figures(performance.now() - (startedAt ?? 0));
}
