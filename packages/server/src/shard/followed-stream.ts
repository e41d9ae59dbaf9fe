/** A stream of this process, for those at its tail. */
import type { Stream } from "../catalog/stream.ts";
import { wholeSlice } from "./bytes.ts";
import type { Answer } from "./reading.ts";
import type { Shard } from "./shard.ts";
import { shortSliceEnd, wholeCharactersEnd } from "./slice.ts";
import { namesOffsets } from "./state-streams.ts";
import type { FollowedStream, TailListener } from "./streams.ts";

export class LocalStream implements FollowedStream {
  readonly #shard: Shard;
  readonly #stream: Stream;
  readonly #asStored: boolean;

  constructor(shard: Shard, stream: Stream, asStored = false) {
    this.#shard = shard;
    this.#stream = stream;
    this.#asStored = asStored;
  }

  get path(): string {
    return this.#stream.state.path;
  }

  get contentType(): string {
    return this.#stream.state.contentType;
  }

  get json(): boolean {
    return this.#stream.state.json;
  }

  get tail(): number {
    return this.#stream.visibleTail;
  }

  get closed(): boolean {
    return this.#stream.visibleClosed;
  }

  get isThere(): boolean {
    return this.#stream.visibility === "live";
  }

  listen(listener: TailListener): void {
    this.#stream.listen(listener);
  }

  unlisten(listener: TailListener): void {
    this.#stream.unlisten(listener);
  }

  touch(): void {
    this.#shard.touch(this.#stream);
  }

  shortEnd(from: number, to: number, limit: number): Answer<number | undefined> {
    return shortSliceEnd(this.#shard, this.#stream, from, to, limit);
  }

  wholeCharactersEnd(from: number, end: number): Answer<number> {
    return wholeCharactersEnd(this.#shard, this.#stream, from, end, this.tail);
  }

  bytes(from: number, to: number): Answer<Uint8Array> {
    return wholeSlice(this.#shard, this.#stream, from, to);
  }

  namesOffsets(): Answer<boolean> {
    return this.#asStored ? false : namesOffsets(this.#shard, this.#stream);
  }
}
