import { asAsyncIterableReadableStream } from "../async-iterable.ts";
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

  /** A body for one attempt. Takes nothing from the source before it is read. */
  open(): ReadableStream<Uint8Array> {
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      this.#started = true;
      const { done, value } = await this.#source.next();
      if (done) controller.close();
      else controller.enqueue(asBytes(value));
    };
    const cancel = async () => {
      if (this.#started) await this.#source.return?.();
    };
    return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
  }
}
