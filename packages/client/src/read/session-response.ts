import { CONTENT_TYPE } from "@perennial/protocol";
import { asAsyncIterableReadableStream, type ReadableStreamAsyncIterable } from "../async-iterable.ts";
import type { ByteChunk, JsonBatch, TextChunk } from "../batches.ts";
import { DurableStreamError } from "../errors/durable-stream-error.ts";
import { hasType } from "../http/content-type.ts";
import { onAbort } from "../http/signals.ts";
import type { LiveMode, Offset, StreamOptions } from "../options.ts";
import { bytesFormat } from "./formats/bytes.ts";
import type { Format, Piece } from "./formats/format.ts";
import { jsonFormat } from "./formats/json.ts";
import { textFormat } from "./formats/text.ts";
import type { Position } from "./position.ts";
import { readableReceiver } from "./receivers/readable.ts";
import { subscriber } from "./receivers/subscriber.ts";
import type { ReadRequests } from "./requests.ts";
import type { StreamResponse } from "./response.ts";
import { ReadSession } from "./session.ts";

/** Members that a response may lack. Ours are there, and may be undefined. */
type Optional = "contentType" | "cursor";

/** The response object of `stream()`: shows a session's state and connects it to the consumer's way of reading. */
export class SessionResponse<TJson> implements Omit<StreamResponse<TJson>, Optional> {
  readonly url: string;
  readonly contentType: string | undefined;
  readonly live: LiveMode;
  readonly startOffset: Offset;
  readonly isLoading = false;
  readonly #session: ReadSession;
  readonly #isJson: boolean;
  #consumedBy: string | undefined;

  /**
   * @param start - the position that was asked for
   * @param first - the response to that; its body is unread
   */
  constructor(options: StreamOptions, requests: ReadRequests, start: Position, first: Response) {
    this.url = String(options.url);
    this.contentType = first.headers.get(CONTENT_TYPE) ?? undefined;
    this.live = options.live ?? true;
    this.startOffset = start.offset;
    this.#isJson = options.json || hasType(first, "application/json");
    this.#session = new ReadSession(options, requests, start, first);
    const release = onAbort(options.signal, this.cancel);
    // Nobody is obliged to watch `closed`: unhandled, a failure that the consumer sees elsewhere would end the process.
    this.closed.then(release, release);
  }

  /** Bound to the response: it is handed out as it is. */
  readonly cancel = (_reason?: unknown): void => this.#session.stop();

  get closed(): Promise<void> {
    return this.#session.closed;
  }

  get headers(): Headers {
    return this.#session.latest.headers;
  }

  get status(): number {
    return this.#session.latest.status;
  }

  get statusText(): string {
    return this.#session.latest.statusText;
  }

  get ok(): boolean {
    return this.#session.latest.ok;
  }

  get offset(): Offset {
    return this.#session.delivered.offset;
  }

  get cursor(): string | undefined {
    return this.#session.delivered.cursor;
  }

  get upToDate(): boolean {
    return this.#session.delivered.upToDate;
  }

  get streamClosed(): boolean {
    return this.#session.delivered.streamClosed;
  }

  body(): Promise<Uint8Array> {
    return this.#collect("body", bytesFormat());
  }

  text(): Promise<string> {
    return this.#collect("text", textFormat());
  }

  json<T = TJson>(): Promise<Array<T>> {
    return this.#collect("json", jsonFormat<T>()) as Promise<T[]>;
  }

  bodyStream(): ReadableStreamAsyncIterable<Uint8Array> {
    return this.#readable("bodyStream", bytesFormat(), whole);
  }

  textStream(): ReadableStreamAsyncIterable<string> {
    return this.#readable("textStream", textFormat(), whole);
  }

  jsonStream(): ReadableStreamAsyncIterable<TJson> {
    return this.#readable("jsonStream", jsonFormat<TJson>(), (items) => items);
  }

  subscribeJson<T = TJson>(onBatch: (batch: JsonBatch<T>) => void | Promise<void>): () => void {
    return this.#subscribe("subscribeJson", jsonFormat<T>(), (items, meta) =>
      onBatch({ items, ...meta, nextOffset: meta.offset }),
    );
  }

  subscribeBytes(
    onChunk: (chunk: ByteChunk) => void | Promise<void>,
    onPiece?: (piece: Uint8Array) => void | Promise<void>,
  ): () => void {
    return this.#subscribe(
      "subscribeBytes",
      bytesFormat(),
      (data, meta) => onChunk({ data, ...meta, nextOffset: meta.offset }),
      onPiece,
    );
  }

  subscribeText(onChunk: (chunk: TextChunk) => void | Promise<void>): () => void {
    return this.#subscribe("subscribeText", textFormat(), (text, meta) =>
      onChunk({ text, ...meta, nextOffset: meta.offset }),
    );
  }

  /** What arrives, as its content type suggests: JSON messages, text or bytes. */
  messages(): AsyncIterable<unknown> {
    if (this.#isJson) return this.jsonStream();
    return this.contentType?.startsWith("text/") ? this.textStream() : this.bodyStream();
  }

  /** Registers the one method of consumption. Those for JSON have it in their name. */
  #claim(method: keyof StreamResponse): void {
    if (this.#consumedBy !== undefined) {
      const message = `${method}(): already being consumed via ${this.#consumedBy}()`;
      throw new DurableStreamError(message, "ALREADY_CONSUMED");
    }
    this.#consumedBy = method;
    if (this.#isJson || !/json/i.test(method)) return;
    this.cancel();
    const message = `${method}(): ${this.contentType} is not JSON; pass { json: true } if it is`;
    throw new DurableStreamError(message, "BAD_REQUEST");
  }

  /** Everything up to the first page that reaches the tail. */
  async #collect<T extends Piece>(method: keyof StreamResponse, format: Format<T>): Promise<T> {
    let pieces: T[] = [];
    this.#session.onStartOver = () => {
      pieces = [];
    };
    this.#subscribe(method, format, (data, meta) => {
      pieces.push(data);
      if (meta.upToDate) this.cancel();
    });
    await this.closed;
    return format.join([...pieces, format.finish()]);
  }

  #readable<T extends Piece, Item>(
    method: keyof StreamResponse,
    format: Format<T>,
    split: (piece: T) => readonly Item[],
  ): ReadableStreamAsyncIterable<Item> {
    this.#claim(method);
    const receiver = readableReceiver(format, split, this.cancel);
    void this.#session.run(receiver);
    this.closed.then(receiver.end, receiver.fail);
    return asAsyncIterableReadableStream(receiver.stream);
  }

  #subscribe<T extends Piece>(
    method: keyof StreamResponse,
    format: Format<T>,
    deliver: (data: T, meta: Position) => void | Promise<void>,
    onPiece?: (piece: T) => void | Promise<void>,
  ): () => void {
    this.#claim(method);
    void this.#session.run(subscriber(format, deliver, onPiece));
    return this.cancel;
  }
}

/** A piece as the only item, if it holds anything. */
function whole<T extends Piece>(piece: T): readonly T[] {
  return piece.length > 0 ? [piece] : [];
}
