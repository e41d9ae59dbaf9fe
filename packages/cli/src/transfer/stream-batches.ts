/** A stream, cut into batches. Positions count its messages if it is JSON, else its bytes, from its beginning. */
import type { Connection } from "../connection/connection.ts";
import { readStream } from "../reading/read-stream.ts";
import { byteCutter, messageCutter } from "../reading/units.ts";
import { jsonBody } from "../writing/batches.ts";
import { BATCH_BYTES, type Batch } from "./batch.ts";

export interface StreamSource {
  readonly url: string;
  /** Units that the target has already. */
  readonly start: number;
  /** Whether to go on at the tail. */
  readonly follow: boolean;
  readonly isJson: boolean;
}

/**
 * Yields a batch when it is full, and what there is at the end of each page.
 *
 * @param session told when the source is closed
 */
export async function* streamBatches(
  connection: Connection,
  { url, start, follow, isJson }: StreamSource,
  session: { closed: boolean },
): AsyncGenerator<Batch> {
  const cutterFor = () => (isJson ? messageCutter : byteCutter);
  const live = follow ? "long-poll" : "none";
  const batcher = new Batcher(isJson, start);
  for await (const event of readStream(connection, { url, offset: "-1", live, cutterFor })) {
    if (event.kind === "position") {
      session.closed = event.closed;
      if (!batcher.isEmpty) yield batcher.flush();
    }
    if (event.kind !== "data") continue;
    for (const piece of event.pieces) {
      batcher.add(piece);
      if (batcher.isFull) yield batcher.flush();
    }
  }
}

/** Gathers pieces after the first `start` units. */
class Batcher {
  readonly #isJson: boolean;
  #toSkip: number;
  #position: number;
  #held: Uint8Array[] = [];
  #byteLength = 0;

  constructor(isJson: boolean, start: number) {
    this.#isJson = isJson;
    this.#toSkip = start;
    this.#position = start;
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  get isFull(): boolean {
    return this.#byteLength >= BATCH_BYTES;
  }

  add(piece: Uint8Array): void {
    const units = this.#isJson ? 1 : piece.length;
    const skipped = Math.min(this.#toSkip, units);
    this.#toSkip -= skipped;
    if (skipped === units) return;
    const rest = skipped === 0 ? piece : piece.subarray(skipped);
    this.#held.push(rest);
    this.#byteLength += rest.length;
  }

  flush(): Batch {
    const units = this.#isJson ? this.#held.length : this.#byteLength;
    const content = this.#isJson ? jsonBody(this.#held) : Buffer.concat(this.#held);
    this.#position += units;
    this.#held = [];
    this.#byteLength = 0;
    return { content, position: this.#position, units };
  }
}
