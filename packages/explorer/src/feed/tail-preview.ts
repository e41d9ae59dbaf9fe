/**
 * The newest rows of a stream that is too long to be read before somebody looks at it: read by themselves, and followed until
 * everything before them is there, too.
 */
import { stream } from "@perennial/client";
import { CONTENT_TYPE, formatOffset, parseOffset, STREAM_NEXT_OFFSET } from "@perennial/protocol";
import { createCutter, type Row, type RowCutter, rowKind } from "./cut-rows.ts";

export interface PreviewQuery {
  /** The stream's address. */
  readonly url: string;
  readonly fetch: typeof fetch;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Stored bytes that have been read already. */
  readonly from: number;
  /** Told the stream's content type, if there is a preview: how its rows are to be read. */
  readonly onType: (contentType: string) => void;
  /** Told the newest rows, and where the stream ends; at the end of the preview there are none. */
  readonly onChange: (rows: readonly Row[], tail: number) => void;
}

/** A way that is shorter, stored bytes, is gone at once. */
const LONG_WAY_BYTES = 1_000_000;
/** Where the preview begins, before the tail: a screen or two of rows. */
const PREVIEW_BYTES = 16 * 1024;
/** Rows of sixteen bytes begin at multiples of that. */
const BLOCK_BYTES = 16;
const KEPT_ROWS = 500;

/** One preview at a time. */
export class TailPreview {
  #run: PreviewRun | undefined;

  /**
   * Resolves when the newest rows are there, or need not be; then goes on by itself. A preview that fails is none: whoever reads the
   * stream hears why.
   */
  async begin(query: PreviewQuery): Promise<void> {
    if (this.#run !== undefined) return;
    this.#run = new PreviewRun(query);
    await this.#run.begin();
  }

  end(): void {
    this.#run?.end();
    this.#run = undefined;
  }
}

class PreviewRun {
  readonly #query: PreviewQuery;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  #rows: readonly Row[] = [];
  /** What is to be added to the cutter's positions. */
  #shift = 0;

  constructor(query: PreviewQuery) {
    this.#query = query;
    this.#signal = AbortSignal.any([query.signal, this.#ending.signal]);
  }

  async begin(): Promise<void> {
    try {
      const { url, fetch, from, onType } = this.#query;
      const head = await fetch(url, { method: "HEAD", signal: this.#signal });
      const tail = parseOffset(head.headers.get(STREAM_NEXT_OFFSET) ?? "") ?? 0;
      if (!head.ok || tail - from < LONG_WAY_BYTES) return;
      const contentType = head.headers.get(CONTENT_TYPE) ?? "";
      onType(contentType);
      const kind = rowKind(contentType);
      const start = tail - PREVIEW_BYTES;
      const cutter = createCutter(kind, 0);
      const end = await this.#read(cutter, start - (start % BLOCK_BYTES));
      // It may begin within a line.
      if (kind === "text") this.#rows = this.#rows.slice(1);
      this.#tell(end);
      void this.#follow(cutter, end).catch(() => {});
    } catch {
      // The feed meets the same, and says so.
    }
  }

  end(): void {
    this.#ending.abort();
    if (this.#rows.length > 0) this.#query.onChange([], 0);
  }

  /** Reads to the tail. Returns where that is. */
  async #read(cutter: RowCutter, start: number): Promise<number> {
    const response = await stream({ ...this.#request(start), live: false });
    let end = 0;
    for await (const piece of response.bodyStream()) end = this.#take(cutter.push(piece)) ?? end;
    const tail = parseOffset(response.offset) ?? 0;
    // An offset within a message is answered from the message's beginning: which that is, only the end tells.
    this.#shift = tail - end - cutter.rest().length;
    this.#rows = this.#rows.map((row) => this.#shifted(row));
    return tail;
  }

  async #follow(cutter: RowCutter, end: number): Promise<void> {
    const session = await stream({ ...this.#request(end), live: "sse" });
    session.subscribeBytes(({ data, offset }) => {
      this.#take(cutter.push(data).map((row) => this.#shifted(row)));
      this.#tell(parseOffset(offset) ?? end);
    });
    await session.closed;
  }

  #request(from: number) {
    const { url, fetch } = this.#query;
    const params = { exact: "true" };
    return { url, fetch, signal: this.#signal, offset: formatOffset(from), params, warnOnHttp: false };
  }

  /** Returns where the rows end, as the cutter counts. */
  #take(rows: readonly Row[]): number | undefined {
    this.#rows = [...this.#rows, ...rows].slice(-KEPT_ROWS);
    return rows.at(-1)?.end;
  }

  #shifted({ position, end, bytes }: Row): Row {
    return { position: position + this.#shift, end: end + this.#shift, bytes };
  }

  #tell(tail: number): void {
    if (!this.#signal.aborted) this.#query.onChange(this.#rows, tail);
  }
}
