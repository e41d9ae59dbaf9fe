/** A JSON stream of the server's own, written and read through the port as by any client. */

import { NO_BYTES } from "../stream/records.ts";
import type { Rejection } from "../stream/rejections.ts";
import { readOut } from "./reading.ts";
import type { Streams } from "./streams.ts";

const JSON_TYPE = "application/json";

/** Stored bytes read, and parsed, at once: a millisecond or so. A message that is longer is none of ours. */
const PAGE_BYTES = 128 * 1024;

/** The stream could not be written, or read. */
export class StreamRefused extends Error {
  override readonly name = "StreamRefused";
  readonly rejection: Rejection;

  constructor(path: string, rejection: Rejection) {
    super(`the stream ${path} cannot be used: ${rejection.kind}`);
    this.rejection = rejection;
  }
}

export class JsonStream {
  readonly #streams: Streams;
  readonly #path: string;

  /** @param streams those among which the path is */
  constructor(streams: Streams, path: string) {
    this.#streams = streams;
    this.#path = path;
  }

  /** Makes it where it is missing. Resolves to whether it was. */
  async create(): Promise<boolean> {
    const outcome = await this.#streams.create({
      ...{ path: this.#path, contentType: JSON_TYPE, closed: false },
      ...{
        ttlSeconds: undefined,
        expiresAt: undefined,
        maxBytes: undefined,
        fork: undefined,
        body: NO_BYTES,
      },
    });
    // One that somebody made with a lifetime of its own will do.
    if (outcome.kind === "rejected" && outcome.rejection.kind !== "stream-exists")
      throw this.#refused(outcome.rejection);
    return outcome.kind === "created";
  }

  /** Appends messages, in one record. Resolves once they are durable. */
  async append(messages: readonly string[]): Promise<void> {
    if (messages.length === 0) return;
    const bytes = Buffer.from(`[${messages.join(",")}]`);
    const outcome = await this.#streams.append(this.#path, {
      ...{ body: { parts: [bytes], byteLength: bytes.length }, contentType: JSON_TYPE, closes: false },
      ...{ producer: undefined, streamSeq: undefined },
    });
    if (outcome.kind === "rejected") throw this.#refused(outcome.rejection);
  }

  async remove(): Promise<void> {
    const outcome = await this.#streams.remove(this.#path);
    if (outcome.kind === "rejected") throw this.#refused(outcome.rejection);
  }

  async exists(): Promise<boolean> {
    const slice = await readOut(this.#streams.read(this.#path, { kind: "now" }));
    if (slice.kind !== "rejected" || slice.rejection.kind === "stream-not-found")
      return slice.kind !== "rejected";
    throw this.#refused(slice.rejection);
  }

  /** Stored bytes. */
  async byteLength(): Promise<number> {
    const slice = await readOut(this.#streams.read(this.#path, { kind: "now" }));
    if (slice.kind === "rejected") throw this.#refused(slice.rejection);
    return slice.to;
  }

  /** What it says, from its beginning, page by page. */
  async *pages(): AsyncGenerator<readonly unknown[]> {
    for await (const { messages } of this.storedPages()) yield messages;
  }

  /** The same, with how many bytes each page takes as it is stored. */
  async *storedPages(): AsyncGenerator<{
    readonly messages: readonly unknown[];
    readonly byteLength: number;
  }> {
    for (let position = 0; ; ) {
      const slice = await readOut(this.#streams.read(this.#path, { kind: "at", position }));
      if (slice.kind === "rejected") throw this.#refused(slice.rejection);
      if (slice.from === slice.to) return;
      const end = await readOut(this.#streams.pageEnd(slice, PAGE_BYTES));
      if (end - slice.from <= 2 * PAGE_BYTES)
        yield {
          messages: parsePage(await readOut(this.#streams.wholeBytes(slice, end))),
          byteLength: end - slice.from,
        };
      position = end;
    }
  }

  #refused(rejection: Rejection): StreamRefused {
    return new StreamRefused(this.#path, rejection);
  }
}

/** Stored messages, each with a comma behind it. */
function parsePage(stored: Uint8Array): readonly unknown[] {
  const text = Buffer.from(stored.buffer, stored.byteOffset, stored.length - 1).toString();
  return JSON.parse(`[${text}]`) as unknown[];
}
