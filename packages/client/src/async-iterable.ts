/** A stream that `for await` accepts, also where the platform's streams are not iterable (Safari). */
export type ReadableStreamAsyncIterable<T> = ReadableStream<T> & AsyncIterable<T>;

/**
 * Makes a stream async-iterable where the platform does not, and returns the same object. Leaving a `for await` loop
 * early cancels the stream. Streams derived by `pipeThrough` need their own call.
 *
 * @example
 * ```ts
 * import { asAsyncIterableReadableStream } from "@perennial/client";
 * const response = await fetch("https://example.com/streams/orders");
 * if (response.body) {
 *   for await (const chunk of asAsyncIterableReadableStream(response.body)) console.log(chunk.length);
 * }
 * ```
 */
export function asAsyncIterableReadableStream<T>(stream: ReadableStream<T>): ReadableStreamAsyncIterable<T> {
  const target = stream as ReadableStreamAsyncIterable<T>;
  if (target[Symbol.asyncIterator] || !Object.isExtensible(stream)) return target;
  const values = () => iterate(stream);
  return Object.assign(target, { values, [Symbol.asyncIterator]: values });
}

/** The iterator that streams have where they are iterable (WHATWG Streams, 4.2.5). */
function iterate<T>(stream: ReadableStream<T>): AsyncIterableIterator<T> {
  const reader = stream.getReader();
  let pendingReads = 0;
  let isOver = false;

  const end = () => {
    isOver = true;
    reader.releaseLock();
  };
  // The first to know of an end or an error: the reads that they settle continue later.
  reader.closed.then(end, end);
  const over: IteratorResult<T> = { done: true, value: undefined };
  const finish = async (reason?: unknown) => {
    if (pendingReads > 0) throw new TypeError("Cannot end an iteration with pending read requests");
    if (!isOver) await reader.cancel(reason);
    return over;
  };

  return {
    async next() {
      if (isOver) return over;
      pendingReads++;
      try {
        return (await reader.read()) as IteratorResult<T>;
      } finally {
        pendingReads--;
      }
    },
    return: finish,
    throw: finish,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
