import { CONTENT_TYPE } from "@perennial/protocol";
import { asAsyncIterableReadableStream, type ReadableStreamAsyncIterable } from "../async-iterable.ts";
import type { ByteChunk, JsonBatch, TextChunk } from "../batches.ts";
import { DurableStreamError } from "../errors/durable-stream-error.ts";
import type { LiveMode, Offset, StreamOptions } from "../options.ts";
import { pageVisibility } from "../visibility.ts";
import { bytesFormat } from "./formats/bytes.ts";
import type { Format, Piece } from "./formats/format.ts";
import { jsonFormat } from "./formats/json.ts";
import { textFormat } from "./formats/text.ts";
import type { Live } from "./machine.ts";
import { afterResponse, type Position, startAt } from "./position.ts";
import { readableReceiver } from "./receivers/readable.ts";
import type { Receiver } from "./receivers/receiver.ts";
import { subscriber } from "./receivers/subscriber.ts";
import type { ReadRequests } from "./requests.ts";
import type { StreamResponse } from "./response.ts";
import { ReadSession } from "./session.ts";

/** Three heartbeats of a server that sends one every 15 s, in ms. */
const SILENCE_TIMEOUT_MS = 45_000;

/** Members that a response may lack. Ours are there, and may be undefined. */
type Optional = "contentType" | "cursor";

/** The response object of `stream()`: shows a session's state and connects it to the consumer's way of reading. */
export class SessionResponse<TJson> implements Omit<StreamResponse<TJson>, Optional> {
  readonly url: string;
  readonly contentType: string | undefined;
  readonly live: LiveMode;
  readonly startOffset: Offset;
  readonly isLoading = false;
  readonly closed: Promise<void>;
  readonly #session: ReadSession;
  readonly #isJson: boolean;
  readonly #signal: AbortSignal | undefined;
  #latest: Response;
  #position: Position;
  #consumedBy: string | undefined;
  #settle!: (outcome: Promise<void> | undefined) => void;

  constructor(options: StreamOptions, requests: ReadRequests, first: Response) {
    this.url = String(options.url);
    this.contentType = first.headers.get(CONTENT_TYPE) ?? undefined;
    this.live = options.live ?? true;
    this.startOffset = options.offset ?? "-1";
    // As the official client: `application/json` anywhere in the content type.
    this.#isJson = options.json === true || /application\/json/i.test(this.contentType ?? "");
    this.#latest = first;
    this.#position = afterResponse(startAt(this.startOffset), first);
    this.#session = this.#createSession(options, requests, first);
    this.closed = new Promise((resolve) => {
      this.#settle = (outcome) => resolve(outcome);
    });
    // Nobody is obliged to watch `closed`: unhandled, a failure that the consumer sees elsewhere would end the process.
    this.closed.catch(() => {});
    this.#signal = options.signal;
    this.#signal?.addEventListener("abort", this.#onAbort);
    if (this.#signal?.aborted) this.cancel();
  }

  get headers(): Headers {
    return this.#latest.headers;
  }

  get status(): number {
    return this.#latest.status;
  }

  get statusText(): string {
    return this.#latest.statusText;
  }

  get ok(): boolean {
    return this.#latest.ok;
  }

  get offset(): Offset {
    return this.#position.offset;
  }

  get cursor(): string | undefined {
    return this.#position.cursor;
  }

  get upToDate(): boolean {
    return this.#position.upToDate;
  }

  get streamClosed(): boolean {
    return this.#position.streamClosed;
  }

  async body(): Promise<Uint8Array> {
    this.#claim("body");
    return await this.#collect(bytesFormat());
  }

  async text(): Promise<string> {
    this.#claim("text");
    return await this.#collect(textFormat());
  }

  async json<T = TJson>(): Promise<Array<T>> {
    this.#claimJson("json");
    return (await this.#collect(jsonFormat<T>())) as T[];
  }

  bodyStream(): ReadableStreamAsyncIterable<Uint8Array> {
    this.#claim("bodyStream");
    return this.#readable(bytesFormat(), whole);
  }

  textStream(): ReadableStreamAsyncIterable<string> {
    this.#claim("textStream");
    return this.#readable(textFormat(), whole);
  }

  jsonStream(): ReadableStreamAsyncIterable<TJson> {
    this.#claimJson("jsonStream");
    return this.#readable(jsonFormat<TJson>(), (items) => items);
  }

  subscribeJson<T = TJson>(onBatch: (batch: JsonBatch<T>) => void | Promise<void>): () => void {
    this.#claimJson("subscribeJson");
    return this.#subscribe(subscriber(jsonFormat<T>(), (items, meta) => onBatch({ items, ...meta })));
  }

  subscribeBytes(onBatch: (chunk: ByteChunk) => void | Promise<void>): () => void {
    this.#claim("subscribeBytes");
    return this.#subscribe(subscriber(bytesFormat(), (data, meta) => onBatch({ data, ...meta })));
  }

  subscribeText(onBatch: (chunk: TextChunk) => void | Promise<void>): () => void {
    this.#claim("subscribeText");
    return this.#subscribe(subscriber(textFormat(), (text, meta) => onBatch({ text, ...meta })));
  }

  cancel(_reason?: unknown): void {
    this.#session.stop();
    if (this.#consumedBy === undefined) this.#end(undefined);
  }

  readonly #onAbort = (): void => this.cancel();

  #createSession(options: StreamOptions, requests: ReadRequests, first: Response): ReadSession {
    return new ReadSession({
      requests,
      first,
      position: startAt(this.startOffset),
      live: liveOf(this.live),
      silenceLimit: options.silenceTimeout ?? SILENCE_TIMEOUT_MS,
      visibility: options.visibility === false ? undefined : (options.visibility ?? pageVisibility()),
      sseResilience: options.sseResilience,
      onResponse: (response) => {
        this.#latest = response;
      },
      onDelivered: (position) => {
        this.#position = position;
      },
    });
  }

  #claim(method: string): void {
    if (this.#consumedBy !== undefined) {
      const message = `${method}(): the response is already being consumed via ${this.#consumedBy}(); call stream() again`;
      throw new DurableStreamError(message, "ALREADY_CONSUMED");
    }
    this.#consumedBy = method;
  }

  #claimJson(method: string): void {
    this.#claim(method);
    if (this.#isJson) return;
    this.#session.stop();
    this.#end(undefined);
    const message = `${method}(): the content type is ${this.contentType}; for JSON all the same pass { json: true }`;
    throw new DurableStreamError(message, "BAD_REQUEST");
  }

  /** Everything up to the first page that reaches the tail. */
  async #collect<T extends Piece>(format: Format<T>): Promise<T> {
    const pieces: T[] = [];
    const take = (data: T, meta: Position) => {
      pieces.push(data);
      if (meta.upToDate) this.#session.stop();
    };
    await this.#run(subscriber(format, take));
    return format.join([...pieces, format.finish()]);
  }

  #readable<T extends Piece, Item>(
    format: Format<T>,
    split: (piece: T) => readonly Item[],
  ): ReadableStreamAsyncIterable<Item> {
    const { receiver, stream, end, fail } = readableReceiver(format, split, () => this.#session.stop());
    this.#run(receiver).then(() => end(format.finish()), fail);
    return asAsyncIterableReadableStream(stream);
  }

  #subscribe<T extends Piece>(receiver: Receiver<T>): () => void {
    void this.#run(receiver);
    return () => this.#session.stop();
  }

  #run<T extends Piece>(receiver: Receiver<T>): Promise<void> {
    this.#end(this.#session.run(receiver));
    return this.closed;
  }

  /** The session is over, or will be with `outcome`. */
  #end(outcome: Promise<void> | undefined): void {
    this.#settle(outcome);
    const release = () => this.#signal?.removeEventListener("abort", this.#onAbort);
    this.closed.then(release, release);
  }
}

/** A piece as the only item, if it holds anything. */
function whole<T extends Piece>(piece: T): readonly T[] {
  return piece.length > 0 ? [piece] : [];
}

function liveOf(mode: LiveMode): Live {
  if (mode === false) return "none";
  return mode === "sse" ? "sse" : "long-poll";
}
