/**
 * One stream as rows: read from its beginning to its tail, then followed. It keeps where pages begin, the pages used
 * last and the newest rows; any other page is read again when it comes into sight.
 */
import { FetchError, stream } from "@perennial/client";
import { formatOffset, parseOffset } from "@perennial/protocol";
import { reasonOf } from "../server/reason.ts";
import { loggedFetch } from "../wire/logged-fetch.ts";
import { WireLog } from "../wire/wire-log.ts";
import { createCutter, type Row, type RowCutter, rowKind } from "./cut-rows.ts";
import { type FeedSnapshot, type FeedSources, NOTHING_YET } from "./feed-snapshot.ts";
import { type ConnectionEvent, observedFetch } from "./observed-fetch.ts";
import { PageCache } from "./page-cache.ts";
import { PageIndex } from "./page-index.ts";
import { PageLoader } from "./page-loader.ts";
import { readRows } from "./read-rows.ts";
import { TailPreview } from "./tail-preview.ts";

/** Reading as fast as a stream comes leaves no time to draw what has come: after so much of it, ms, there is a break. */
const BUSY_MS = 30;
/** 64 pages of 256 rows or 64 KiB: some megabytes. */
const CACHED_PAGES = 64;

export class StreamFeed {
  /** The stream's address. */
  readonly url: string;
  /** What has been asked of the server. */
  readonly wire: WireLog;
  readonly #sources: FeedSources;
  readonly #fetch: typeof fetch;
  readonly #index = new PageIndex();
  readonly #pages = new PageCache<readonly Row[]>(CACHED_PAGES);
  readonly #loader = new PageLoader((page) => this.#loadPage(page));
  readonly #listeners = new Set<() => void>();
  /** The rows of the page that is still growing. */
  #newest: Row[] = [];
  #cutter: RowCutter | undefined;
  #run: AbortController | undefined;
  readonly #preview = new TailPreview();
  #isScheduled = false;
  #wasLost = false;
  #state = NOTHING_YET;
  #shown = this.#state;

  constructor(url: string, sources: FeedSources) {
    this.url = url;
    this.wire = new WireLog(sources.schedule);
    const fetch = loggedFetch(sources.fetch, this.wire, Date.now);
    this.#sources = { ...sources, fetch };
    this.#fetch = observedFetch(fetch, (event) => this.#onConnection(event));
  }

  readonly snapshot = (): FeedSnapshot => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads on from where it stopped. */
  start(): void {
    if (this.#run !== undefined) return;
    this.#run = new AbortController();
    this.#change({ status: this.#state.contentType === undefined ? "connecting" : "catching-up" });
    void this.#follow(this.#run.signal);
  }

  /** Gives up the connection. */
  stop(): void {
    this.#run?.abort();
    this.#run = undefined;
    this.#preview.end();
    if (this.#isUnderWay()) this.#change({ status: "paused" });
  }

  /** A row, if it is at hand; if not it is fetched, and listeners are called. */
  row(number: number): Row | undefined {
    const page = this.#index.pageOfRow(number);
    const { firstRow } = this.#index.page(page);
    if (number >= this.#index.rowCount) return this.#incompleteRow();
    if (page === this.#index.pageCount - 1) return this.#newest[number - firstRow];
    const rows = this.#pages.get(page);
    if (rows === undefined) this.#loader.want(page);
    return rows?.[number - firstRow];
  }

  /** The position at which a row begins; for the number of rows, the end of the last one. */
  async positionOf(number: number): Promise<number> {
    if (number <= 0) return 0;
    if (number >= this.#index.rowCount) return this.#index.end;
    const page = this.#index.pageOfRow(number);
    const rows = await this.#rowsOf(page);
    return rows[number - this.#index.page(page).firstRow]?.position ?? this.#index.page(page).end;
  }

  /** The position at which a row ends. */
  async endOf(number: number): Promise<number> {
    return this.row(number)?.end ?? (await this.positionOf(number + 1));
  }

  /** The number of the row that ends after a position, or begins there: the first one that a reader from there gets. */
  async rowAt(position: number): Promise<number> {
    // Within the row that is not complete.
    if (position > this.#index.end) return this.#index.rowCount + 1;
    const page = this.#index.pageAt(position);
    const rows = await this.#rowsOf(page);
    const { firstRow } = this.#index.page(page);
    const found = rows.findIndex(({ end }) => end > position);
    return firstRow + (found < 0 ? rows.length : found);
  }

  /** Where rows begin, page by page. */
  get index(): PageIndex {
    return this.#index;
  }

  /** The rows of the page that is still growing. */
  get newestRows(): readonly Row[] {
    return this.#newest;
  }

  /**
   * What has arrived from a position on, without reading: complete rows and what there is of one that is not, each cut at the
   * position. None if the position lies before the page that is still growing.
   */
  rowsAtHand(position: number): readonly Row[] {
    const incomplete = this.#incompleteRow();
    const rows = incomplete === undefined ? this.#newest : [...this.#newest, incomplete];
    if (rows.length === 0 || position < rows[0]!.position) return [];
    return rows
      .filter(({ end }) => end > position)
      .map((row) =>
        row.position >= position
          ? row
          : { position, end: row.end, bytes: row.bytes.subarray(position - row.position) },
      );
  }

  async #rowsOf(page: number): Promise<readonly Row[]> {
    if (page === this.#index.pageCount - 1) return this.#newest;
    return this.#pages.get(page) ?? (await this.#loadPage(page));
  }

  #incompleteRow(): Row | undefined {
    const bytes = this.#cutter?.rest();
    if (bytes === undefined || bytes.length === 0) return undefined;
    return { position: this.#index.end, end: this.#index.end + bytes.length, bytes };
  }

  #isUnderWay(): boolean {
    return ["connecting", "catching-up", "live", "reconnecting"].includes(this.#state.status);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    try {
      this.#cutter = undefined;
      while (!signal.aborted) {
        const reached = await this.#catchUp(signal);
        if (reached) this.#preview.end();
        if (signal.aborted || (reached && this.#state.status === "closed")) return;
        if (reached) await this.#live(signal);
      }
    } catch (error) {
      if (!signal.aborted) this.#onFailure(error);
    }
  }

  /** Reads to the tail. Returns whether it got there. */
  async #catchUp(signal: AbortSignal): Promise<boolean> {
    await this.#showTail(signal);
    const response = await stream({ ...this.#options(signal), live: false });
    if (signal.aborted) return false;
    this.#take(response.contentType ?? "application/octet-stream");
    const cutter = createCutter(this.#state.kind, this.#index.end);
    this.#cutter = cutter;
    let since = this.#sources.now();
    for await (const piece of response.bodyStream()) {
      if (signal.aborted) return false;
      this.#append(cutter.push(piece));
      if (this.#sources.now() - since < BUSY_MS) continue;
      await this.#sources.yieldToPage();
      since = this.#sources.now();
    }
    if (response.streamClosed) this.#change({ status: "closed" });
    return response.upToDate;
  }

  /** Follows the tail until the connection has to be begun anew, or the stream is closed. */
  async #live(signal: AbortSignal): Promise<void> {
    const cutter = this.#cutter;
    if (cutter === undefined) return;
    let reached = this.#reached();
    const session = await stream({ ...this.#options(signal), offset: formatOffset(reached), live: "sse" });
    const leave = session.subscribeBytes(({ data, offset, upToDate, streamClosed }) => {
      const rows = cutter.push(data);
      reached = parseOffset(offset) ?? reached;
      const end = (rows.at(-1)?.end ?? this.#index.end) + cutter.rest().length;
      // Events carry lines, and a line break may come as another one: such bytes are read again as they are stored.
      if (end !== reached) return leave();
      this.#append(rows);
      if (streamClosed) this.#change({ status: "closed" });
      else if (upToDate) this.#change({ status: "live" });
    });
    await session.closed;
    if (this.#state.status === "closed") this.#run?.abort();
  }

  /** Resolves when the newest rows are shown, or when the way to them is short. */
  #showTail(signal: AbortSignal): Promise<void> {
    return this.#preview.begin({
      ...{ url: this.url, fetch: this.#sources.fetch, signal, from: this.#index.end },
      onType: (contentType) => this.#take(contentType),
      onChange: (preview, tail) => this.#change({ preview, tail }),
    });
  }

  #options(signal: AbortSignal) {
    return {
      url: this.url,
      offset: formatOffset(this.#index.end),
      params: { exact: "true" },
      signal,
      fetch: this.#fetch,
      warnOnHttp: false,
      backoffOptions: { maxDelay: 5000 },
    };
  }

  /** Stored bytes up to which everything is here, the incomplete row included. */
  #reached(): number {
    return this.#index.end + (this.#cutter?.rest().length ?? 0);
  }

  #take(contentType: string): void {
    this.#change({ contentType, kind: rowKind(contentType), status: "catching-up", failure: undefined });
  }

  #append(rows: readonly Row[]): void {
    for (const row of rows) {
      const lastPage = this.#index.pageCount - 1;
      if (this.#index.append(row.end)) {
        this.#pages.set(lastPage, this.#newest);
        this.#newest = [];
      }
      this.#newest.push(row);
    }
    const hasRest = (this.#cutter?.rest().length ?? 0) > 0;
    this.#change({ rowCount: this.#index.rowCount + (hasRest ? 1 : 0), end: this.#reached() });
  }

  async #loadPage(page: number): Promise<readonly Row[]> {
    const { position, end } = this.#index.page(page);
    const rows: Row[] = [];
    const query = { url: this.url, from: position, to: end, fetch: this.#sources.fetch };
    try {
      for await (const some of readRows(query)) rows.push(...some);
      this.#pages.set(page, rows);
    } catch (error) {
      // What was there is there no more: the stream has ended meanwhile.
      this.stop();
      this.#onFailure(error);
    }
    this.#notify();
    return rows;
  }

  #onConnection(event: ConnectionEvent): void {
    if (event === "lost") {
      this.#wasLost = true;
      if (this.#isUnderWay()) this.#change({ status: "reconnecting" });
    } else if (event === "open" && this.#wasLost) {
      this.#wasLost = false;
      this.#change({ reconnects: this.#state.reconnects + 1 });
      if (this.#state.status === "reconnecting") this.#change({ status: "catching-up" });
    }
  }

  #onFailure(error: unknown): void {
    this.#run = undefined;
    const isGone = error instanceof FetchError && (error.status === 404 || error.status === 410);
    this.#change({ status: isGone ? "gone" : "failed", failure: reasonOf(error) });
  }

  #change(change: Partial<FeedSnapshot>): void {
    this.#state = { ...this.#state, ...change };
    this.#notify();
  }

  #notify(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#sources.schedule(() => {
      this.#isScheduled = false;
      this.#shown = { ...this.#state };
      for (const listener of this.#listeners) listener();
    });
  }
}
