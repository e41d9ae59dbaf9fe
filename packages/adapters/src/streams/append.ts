import { isMissing } from "@perennial/ai";
import type { DurableStream, Offset } from "@perennial/client";

/**
 * Appends one value, once, whatever answers are lost, and makes the stream if there is none.
 *
 * @returns the offset after it
 * @throws FetchError, or the error of `fetch`
 */
export async function appendOnce(
  stream: DurableStream,
  value: unknown,
  ttlSeconds: number | undefined,
): Promise<Offset> {
  // A producer of its own for each value: a repeat is known by it.
  const once = { producerId: crypto.randomUUID(), producerEpoch: 0, producerSeq: 0 };
  const text = JSON.stringify(value);
  try {
    return (await stream.append(text, once)).offset;
  } catch (error) {
    if (!isMissing(error)) throw error;
    await stream.create({ ttlSeconds });
    return (await stream.append(text, once)).offset;
  }
}

/** Values of a stream, and where those begin that come next. */
export interface ReadLog<T> {
  readonly values: readonly T[];
  /** `-1` if there is no stream. */
  readonly offset: Offset;
}

/** All values of a stream behind an offset; none if there is no stream. @throws FetchError, or the error of `fetch` */
export async function readLog<T>(stream: DurableStream, from: Offset = "-1"): Promise<ReadLog<T>> {
  try {
    const response = await stream.stream<T>({ offset: from, json: true, live: false });
    const values = await response.json<T>();
    return { values, offset: response.offset };
  } catch (error) {
    if (isMissing(error)) return { values: [], offset: "-1" };
    throw error;
  }
}

/** The values alone. @throws FetchError, or the error of `fetch` */
export async function readValues<T>(stream: DurableStream, from?: Offset): Promise<readonly T[]> {
  return (await readLog<T>(stream, from)).values;
}
