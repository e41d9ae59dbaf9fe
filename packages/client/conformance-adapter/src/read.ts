import type { DurableStream, JsonBatchMeta, StreamResponse } from "@perennial/client";
import type { ReadCommand, Result } from "./commands.ts";

const TIMEOUT_MS = 5000;
const MAX_CHUNKS = 100;

interface Chunk {
  readonly data: string;
  readonly binary?: true;
  readonly offset?: string;
}

/** Performs a read command. Running out of time is a success with what was collected. */
export async function read(handle: DurableStream, command: ReadCommand, options: object): Promise<Result> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), command.timeoutMs ?? TIMEOUT_MS);
  const live = command.live ?? false;
  try {
    const offset = command.offset === undefined ? {} : { offset: command.offset };
    const response = await handle.stream({ ...options, ...offset, live, signal: controller.signal });
    return live === false ? await readOnce(response) : await readLive(response, command);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    return { status: 200, chunks: [], upToDate: true, offset: command.offset ?? "-1" };
  } finally {
    clearTimeout(timer);
  }
}

async function readOnce(response: StreamResponse): Promise<Result> {
  const isJson = response.contentType?.includes("application/json") ?? false;
  const data = isJson ? jsonText(await response.json()) : new TextDecoder().decode(await response.body());
  return { ...stateOf(response), chunks: data === "" ? [] : [{ data, offset: response.offset }] };
}

async function readLive(response: StreamResponse, command: ReadCommand): Promise<Result> {
  const chunks: Chunk[] = [];
  let last: JsonBatchMeta | undefined;
  const take = (data: string, meta: JsonBatchMeta) => {
    last = meta;
    if (data !== "") chunks.push({ data, offset: meta.offset });
    if (chunks.length >= (command.maxChunks ?? MAX_CHUNKS)) response.cancel();
    if (command.waitForUpToDate && meta.upToDate) response.cancel();
  };
  if (response.contentType?.includes("application/json")) {
    response.subscribeJson((batch) => take(jsonText(batch.items), batch));
  } else {
    const decoder = new TextDecoder();
    response.subscribeBytes((chunk) => take(decoder.decode(chunk.data, { stream: true }), chunk));
  }
  await response.closed;
  // A session that ran out of time has seen all there was: the runner takes that for up to date.
  return { ...stateOf(response), ...last, items: undefined, data: undefined, upToDate: true, chunks };
}

function jsonText(items: readonly unknown[]): string {
  return items.length === 0 ? "" : JSON.stringify(items);
}

function stateOf(response: StreamResponse): Result {
  const { status, offset, upToDate, streamClosed, cursor } = response;
  return { status, offset, upToDate, streamClosed, cursor };
}
