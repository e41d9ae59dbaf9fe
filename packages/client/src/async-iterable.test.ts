import { describe, expect, test, vi } from "vitest";
import { asAsyncIterableReadableStream } from "./async-iterable.ts";

/** A stream as Safari makes them: not iterable. */
function plainStream<T>(items: readonly T[], cancel?: (reason: unknown) => void): ReadableStream<T> {
  const stream = new ReadableStream<T>({
    start(controller) {
      for (const item of items) controller.enqueue(item);
      if (cancel === undefined) controller.close();
    },
    ...(cancel === undefined ? {} : { cancel }),
  });
  Object.defineProperty(stream, Symbol.asyncIterator, {
    value: undefined,
    configurable: true,
    writable: true,
  });
  return stream;
}

describe("asAsyncIterableReadableStream", () => {
  test("it gives the same object, iterable, and leaves the prototype alone", async () => {
    const stream = plainStream([1, 2]);
    const before = Object.getOwnPropertyNames(ReadableStream.prototype);
    const iterable = asAsyncIterableReadableStream(stream);
    expect(iterable).toBe(stream);
    const seen: number[] = [];
    for await (const item of iterable) seen.push(item);
    expect(seen).toEqual([1, 2]);
    expect(stream.locked).toBe(false);
    expect(Object.getOwnPropertyNames(ReadableStream.prototype)).toEqual(before);
  });

  test("a stream that is iterable, or cannot be extended, is left as it is", () => {
    const native = new ReadableStream();
    expect(Object.hasOwn(asAsyncIterableReadableStream(native), Symbol.asyncIterator)).toBe(false);
    const frozen = Object.preventExtensions(new ReadableStream());
    expect(asAsyncIterableReadableStream(frozen)).toBe(frozen);
  });

  test("leaving the loop cancels the stream and releases it", async () => {
    const cancel = vi.fn();
    const stream = asAsyncIterableReadableStream(plainStream([1, 2], cancel));
    for await (const _ of stream) break;
    expect(cancel).toHaveBeenCalledTimes(1);
    expect(stream.locked).toBe(false);
  });

  test("return() gives no value, cancels with its argument, and next() is done afterwards", async () => {
    const cancel = vi.fn();
    const iterator = asAsyncIterableReadableStream(plainStream([1], cancel))[Symbol.asyncIterator]();
    const leave = iterator.return as unknown as (value: string) => Promise<unknown>;
    expect(await Reflect.apply(leave, iterator, ["why"])).toEqual({ done: true, value: undefined });
    expect(cancel).toHaveBeenCalledWith("why");
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  test("return() is refused while a read is pending", async () => {
    const iterator = asAsyncIterableReadableStream(plainStream([], () => {}))[Symbol.asyncIterator]();
    const pending = iterator.next();
    await expect(iterator.return?.()).rejects.toThrow(/pending read/);
    pending.catch(() => {});
  });

  test("an error of the stream is thrown, and releases it", async () => {
    const stream = plainStream([], () => {});
    const failing = new ReadableStream({ pull: (controller) => controller.error(new Error("broken")) });
    Object.defineProperty(failing, Symbol.asyncIterator, {
      value: undefined,
      configurable: true,
      writable: true,
    });
    const iterator = asAsyncIterableReadableStream(failing)[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toThrow("broken");
    expect(failing.locked).toBe(false);
    expect(stream.locked).toBe(false);
  });
});
