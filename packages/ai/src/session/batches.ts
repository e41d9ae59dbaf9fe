import type { JsonBatch, StreamResponse } from "@perennial/client";

/**
 * The batches of a read, one after the other, in a loop: the read waits for the loop, and ends when it is left. Throws what
 * ends the read before its end.
 */
export async function* batchesOf<T>(response: StreamResponse<T>): AsyncGenerator<JsonBatch<T>> {
  const batches = new TransformStream<JsonBatch<T>, JsonBatch<T>>();
  const out = batches.writable.getWriter();
  response.subscribeJson<T>((batch) => out.write(batch));
  // Whoever left the loop, which fails what is written for it, waits for no end.
  const left = () => response.cancel();
  out.closed.catch(left);
  response.closed.then(
    () => out.close().catch(left),
    (error: unknown) => out.abort(error).catch(left),
  );
  const reader = batches.readable.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
