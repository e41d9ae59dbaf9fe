import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Wall } from "@perennial/protocol";
import { Compactor } from "./compaction/compactor.ts";
import { FoldThread } from "./compaction/fold-thread.ts";
import type { Context } from "./context.ts";
import { handle } from "./handler.ts";
import { admitted } from "./http/admission.ts";
import { BodyBudget } from "./http/body.ts";
import { errorResponse, refusal } from "./http/errors.ts";
import { appendToIndex } from "./index-stream.ts";
import { listener } from "./listener.ts";
import type { YjsLogger } from "./logger.ts";
import { DEFAULT_HOST, reachProblem, wallOfOptions, type YjsServerOptions } from "./options.ts";
import { PREFIX, STREAMS } from "./paths.ts";
import { type RewrittenRead, rewriteRead, streamOf } from "./rewrite.ts";
import { DocumentStates, type YjsDocumentState } from "./states.ts";
import { type FetchServer, Upstream } from "./upstream.ts";

const MIB = 1024 * 1024;

/** Documents as a part of another server. */
export interface YjsMount {
  readonly prefix: string;
  readonly streams: string;
  fetch(request: Request): Promise<Response>;
  rewrite(target: string): RewrittenRead | undefined;
  streamOf(target: string): string | undefined;
  refusal(status: number, message: string): { readonly contentType: string; readonly body: string };
  attach(streams: FetchServer): void;
}

const CONSOLE: YjsLogger = {
  info: () => undefined,
  warn: (fields, message) => console.warn(message, fields),
};

/**
 * Yjs documents over a Durable Streams server, as a fetch handler or behind a port of its own. It holds no document: what it
 * remembers of one are some numbers, and only of large ones written to last.
 *
 * @example
 * ```ts
 * import { createServer } from "@perennial/server";
 * import { YjsServer } from "@perennial/yjs/server";
 * const yjs = new YjsServer({ dsServer: createServer() });
 * export default { fetch: (request: Request) => yjs.fetch(request) };
 * ```
 */
export class YjsServer {
  /** Turns updates into snapshots. */
  readonly compactor: Compactor;
  readonly #options: YjsServerOptions;
  readonly #context: Context;
  readonly #thread = new FoldThread();
  readonly #wall: Wall;
  #server: Server | undefined;
  #url: string | undefined;

  /** @throws TypeError without `dsServer` and `dsServerUrl`, or for origins that are none */
  constructor(options: YjsServerOptions) {
    this.#options = options;
    this.#wall = wallOfOptions(options);
    const upstream = new Upstream(options);
    const states = new DocumentStates();
    const { compactionThreshold = MIB, logger = CONSOLE } = options;
    this.compactor = new Compactor({
      ...{ upstream, states, logger },
      thread: this.#thread,
      thresholdBytes: compactionThreshold,
    });
    const budget = new BodyBudget(options.bodyBytes ?? 64 * MIB, options.bodyBudgetBytes ?? 256 * MIB);
    this.#context = { upstream, states, logger, budget, compactor: this.compactor };
  }

  /** Answers a request: those under `/v1/yjs/` itself, and all others by the server below. Never rejects. */
  fetch(request: Request): Promise<Response> {
    return handle(this.#context, request);
  }

  /**
   * What `createServer` of `@perennial/server` takes as one of its `mounts`: documents are then served by the server that holds
   * them, on its own port.
   */
  get mount(): YjsMount {
    return {
      prefix: PREFIX,
      streams: STREAMS,
      // Never anything else: what is attached has all rights.
      fetch: async (request) =>
        new URL(request.url).pathname.startsWith(PREFIX)
          ? this.fetch(request)
          : errorResponse("INVALID_REQUEST", "Invalid document path"),
      rewrite: rewriteRead,
      streamOf,
      refusal,
      attach: (streams) => this.#context.upstream.attach(streams),
    };
  }

  /** Listens. Resolves with the address; rejects when the port cannot be had, or it listens already. */
  async start(): Promise<string> {
    if (this.#server !== undefined) throw new Error("Server already started");
    const { host = DEFAULT_HOST, port = 0 } = this.#options;
    const problem = reachProblem(this.#options);
    if (problem !== undefined) throw new TypeError(problem);
    const server = listener(
      (request) => admitted(this.#wall, request, (own) => this.fetch(own)),
      () => errorResponse("INVALID_REQUEST", "Invalid document path"),
    );
    this.#server = server;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, resolve);
      });
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
    const { address, family, port: chosen } = server.address() as AddressInfo;
    this.#url = `http://${family === "IPv6" ? `[${address}]` : address}:${chosen}`;
    return this.#url;
  }

  /** Closes all connections, and waits for compactions that are under way. Does nothing that needs no doing. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#url = undefined;
    if (server !== undefined) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    }
    await this.compactor.idle();
    await this.#thread.stop();
  }

  /** Where it listens. Throws before `start`. */
  get url(): string {
    if (this.#url === undefined) throw new Error("Server not started");
    return this.#url;
  }

  /** What is remembered of a document; nothing of one that is shorter than `compactionThreshold`. */
  getDocumentState(service: string, docPath: string): YjsDocumentState | undefined {
    return this.#context.states.get({ service, docPath });
  }

  shouldTriggerCompaction(state: YjsDocumentState): boolean {
    return this.compactor.isDue(state);
  }

  /** Marks a document as being compacted. False if it is. */
  tryStartCompaction(service: string, docPath: string): boolean {
    const state = this.#context.states.use({ service, docPath });
    if (state.compacting) return false;
    state.compacting = true;
    return true;
  }

  setCompacting(service: string, docPath: string, compacting: boolean): void {
    this.#context.states.use({ service, docPath }).compacting = compacting;
  }

  resetUpdateCounters(service: string, docPath: string): void {
    this.#context.states.use({ service, docPath }).updatesSizeBytes = 0;
  }

  updateSnapshotOffset(service: string, docPath: string, offset: string): void {
    this.#context.states.use({ service, docPath }).snapshotOffset = offset;
  }

  /** Appends to an index stream, which is made if it is not there. */
  appendToIndexStream(dsPath: string, entry: Record<string, unknown>): Promise<void> {
    return appendToIndex(this.#context.upstream, dsPath, entry);
  }

  getDsServerUrl(): string {
    return this.#context.upstream.url;
  }

  getDsServerHeaders(): Record<string, string> {
    return { ...this.#context.upstream.headers };
  }
}
