/** The stream that the registry is: an ordinary JSON stream, written and read through the port as by any client. */
import { STREAM_ROOT } from "@perennial/protocol";
import { readOut } from "../shard/reading.ts";
import type { Streams } from "../shard/streams.ts";
import { NO_BYTES } from "../stream/records.ts";
import type { Rejection } from "../stream/rejections.ts";
import { parseEvent, type Said } from "./events.ts";

/** Names of streams are relative to this. */
export const ROOT = `${STREAM_ROOT}/`;

/** What the registry itself is called. */
export const REGISTRY_NAME = "__registry__";
const PATH = ROOT + REGISTRY_NAME;

const JSON_TYPE = "application/json";

/** Stored bytes read, and parsed, at once: a millisecond or so. A message that is longer is none of ours. */
const PAGE_BYTES = 128 * 1024;

/** The registry could not be written, or read. */
export class RegistryRefused extends Error {
  override readonly name = "RegistryRefused";
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    super(`the registry stream cannot be used: ${rejection.kind}`);
    this.rejection = rejection;
  }
}

export class RegistryStream {
  readonly #streams: Streams;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** Makes it where it is missing. Resolves to whether it was. */
  async create(): Promise<boolean> {
    const outcome = await this.#streams.create({
      ...{ path: PATH, contentType: JSON_TYPE, closed: false },
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
      throw new RegistryRefused(outcome.rejection);
    return outcome.kind === "created";
  }

  /** Appends events, in one record. Resolves once they are durable. */
  async append(events: readonly string[]): Promise<void> {
    if (events.length === 0) return;
    const bytes = Buffer.from(`[${events.join(",")}]`);
    const outcome = await this.#streams.append(PATH, {
      ...{ body: { parts: [bytes], byteLength: bytes.length }, contentType: JSON_TYPE, closes: false },
      ...{ producer: undefined, streamSeq: undefined },
    });
    if (outcome.kind === "rejected") throw new RegistryRefused(outcome.rejection);
  }

  async remove(): Promise<void> {
    const outcome = await this.#streams.remove(PATH);
    if (outcome.kind === "rejected") throw new RegistryRefused(outcome.rejection);
  }

  /** Stored bytes. */
  async byteLength(): Promise<number> {
    const slice = await readOut(this.#streams.read(PATH, { kind: "now" }));
    if (slice.kind === "rejected") throw new RegistryRefused(slice.rejection);
    return slice.to;
  }

  /** What it says, from its beginning, page by page. */
  async *pages(): AsyncGenerator<readonly Said[]> {
    for (let position = 0; ; ) {
      const slice = await readOut(this.#streams.read(PATH, { kind: "at", position }));
      if (slice.kind === "rejected") throw new RegistryRefused(slice.rejection);
      if (slice.from === slice.to) return;
      const end = await readOut(this.#streams.pageEnd(slice, PAGE_BYTES));
      if (end - slice.from <= 2 * PAGE_BYTES)
        yield parsePage(await readOut(this.#streams.wholeBytes(slice, end)));
      position = end;
    }
  }
}

/** Stored messages, each with a comma behind it. */
function parsePage(stored: Uint8Array): readonly Said[] {
  const text = Buffer.from(stored.buffer, stored.byteOffset, stored.length - 1).toString();
  return (JSON.parse(`[${text}]`) as unknown[]).map(parseEvent).filter((said) => said !== undefined);
}
