import { asAsyncIterableReadableStream } from "../async-iterable.ts";
import { FetchBackoffAbortError } from "../errors/abort-error.ts";
import { timeoutError } from "../http/attempt.ts";
import { whenOver } from "../http/timer.ts";
import { asBytes, type Content } from "./content.ts";

/**
 * The body of a streaming append. Its source can be read only once, so the request may be repeated only while
 * nothing was taken from it.
 */
export class Upload {
  readonly #source: AsyncIterator<Content>;
  #started = false;

  constructor(source: ReadableStream<Content> | AsyncIterable<Content>) {
    const iterable = source instanceof ReadableStream ? asAsyncIterableReadableStream(source) : source;
    this.#source = iterable[Symbol.asyncIterator]();
  }

  /** Whether anything was taken from the source. */
  get started(): boolean {
    return this.#started;
  }

  /**
   * Runs an attempt with a body of its own, which takes nothing from the source before it is read. When the peer takes
   * nothing of the body, or does not begin to answer, for `limit` ms, the attempt is given up; waiting for the source
   * does not count.
   *
   * @throws an error named `TimeoutError` then; whatever `attempt` throws
   */
  send<T>(
    limit: number,
    signal: AbortSignal | null | undefined,
    attempt: (body: ReadableStream<Uint8Array>, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    return new Promise<T>((resolve, reject) => {
      let pause = () => {};
      const watch = (ms: number) => {
        pause();
        pause = whenOver(ms, signal, () => {
          controller.abort();
          reject(signal?.aborted ? new FetchBackoffAbortError() : timeoutError(limit));
        });
      };
      const pull = async (body: ReadableStreamDefaultController<Uint8Array>) => {
        this.#started = true;
        watch(Number.POSITIVE_INFINITY);
        const { done, value } = await this.#source.next();
        watch(limit);
        if (done) body.close();
        else body.enqueue(asBytes(value));
      };
      const cancel = async () => {
        if (this.#started) await this.#source.return?.();
      };
      watch(limit);
      const body = new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
      attempt(body, controller.signal)
        .then(resolve, reject)
        .finally(() => pause());
    });
  }
}
