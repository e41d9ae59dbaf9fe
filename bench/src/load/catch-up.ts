import { LatencyHistogram } from "../measure/latency.ts";
import { type Address, exchangeOk } from "./exchange.ts";
import { buildRequest } from "./requests.ts";
import type { LoadResult } from "./result.ts";
import { headerOf, Session } from "./session.ts";

/** Readers that read streams from the first byte to the tail. */
export interface CatchUpPlan {
  readonly address: Address;
  readonly readers: number;
  /** Where the reader with this number finds its stream. */
  path(reader: number): string;
  /** What each whole read must come to. */
  readonly expectedBytes: number;
  /** How long they read again and again; without it each reads once. */
  readonly seconds?: number;
}

/** What the readers got. An operation is one whole read. */
export interface CatchUpResult extends LoadResult {
  readonly bytes: number;
}

/** Lets all readers begin at once. A read that ends short, or with another status than 200, is an error. */
export async function runCatchUp(plan: CatchUpPlan): Promise<CatchUpResult> {
  const startedAt = performance.now();
  const deadline = plan.seconds === undefined ? startedAt : startedAt + plan.seconds * 1000;
  const histogram = new LatencyHistogram();
  const errors: Record<string, number> = {};
  let bytes = 0;
  const read = async (reader: number) => {
    const session = new Session(plan.address);
    do {
      const sentAt = performance.now();
      const outcome = await readToTail(session, plan, reader);
      bytes += outcome.bytes;
      if (outcome.failure === undefined) histogram.record(performance.now() - sentAt);
      else errors[outcome.failure] = (errors[outcome.failure] ?? 0) + 1;
    } while (performance.now() < deadline);
    session.end();
  };
  await Promise.all(Array.from({ length: plan.readers }, (_, reader) => read(reader)));
  const seconds = (performance.now() - startedAt) / 1000;
  return { operations: histogram.count, seconds, latency: histogram.latency(), errors, bytes };
}

/** Follows the pages, if the server has any, to the one that says it is up to date. */
async function readToTail(session: Session, plan: CatchUpPlan, reader: number) {
  let offset = "-1";
  let bytes = 0;
  try {
    for (;;) {
      const { address } = plan;
      const request = { method: "GET", path: plan.path(reader), query: `?offset=${offset}`, headers: {} };
      const reply = await session.send(buildRequest(request, address));
      bytes += reply.bodyBytes;
      if (reply.status !== 200) return { bytes, failure: String(reply.status) };
      if (headerOf(reply.head, "stream-up-to-date") !== undefined) break;
      offset = headerOf(reply.head, "stream-next-offset") ?? "";
    }
  } catch {
    return { bytes, failure: "socket" };
  }
  return bytes === plan.expectedBytes ? { bytes } : { bytes, failure: "wrong length" };
}

/** Creates a stream and fills it with as many appends of one body as told, one after the other. */
export async function fillStream(
  address: Address,
  path: string,
  content: { readonly type: string; readonly body: string; readonly appends: number },
): Promise<void> {
  const headers = { "Content-Type": content.type };
  await exchangeOk(address, { method: "PUT", path, headers });
  const session = new Session(address);
  const request = buildRequest({ method: "POST", path, headers, body: content.body }, address);
  for (let sent = 0; sent < content.appends; sent++) {
    const { status } = await session.send(request);
    if (status !== 204) throw new Error(`filling ${path}: an append was answered ${status}`);
  }
  session.end();
}
