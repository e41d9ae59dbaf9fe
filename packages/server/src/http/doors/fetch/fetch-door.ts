/** The web-standard door: `Request` in, `Response` out. For Hono, Bun, Deno, and tests without a socket. */

import { ReadyReaders } from "../../../live/ready-readers.ts";
import { logAccess } from "../../access-log.ts";
import { answer } from "../../answer.ts";
import type { Context } from "../../context.ts";
import { problemReply } from "../../errors.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import { commonHeaders } from "../../message/common-headers.ts";
import { hostProblem } from "../../message/host.ts";
import { type ByteSource, isLive, isSource, type LiveBody, type Reply } from "../../message/reply.ts";
import { logBodyEnd } from "../body-end.ts";
import { openLive } from "../live-sink.ts";
import { pump } from "../pump.ts";
import type { BodyEnd } from "../wire.ts";
import { FetchRequest } from "./fetch-request.ts";
import { wireStream } from "./stream-wire.ts";
import { UnderWay } from "./under-way.ts";
import { webResponse } from "./web-response.ts";

export class FetchDoor {
  readonly #context: Context;
  readonly #budget: BodyBudget;
  readonly #commonHeaders: readonly string[];
  readonly #underWay = new UnderWay();
  readonly #turns = new ReadyReaders();
  #stopping = false;

  constructor(context: Context, budget: BodyBudget) {
    this.#context = context;
    this.#budget = budget;
    this.#commonHeaders = commonHeaders(context.wall);
  }

  /** Answers 503 from now on; resolves when all requests under way are answered, or after `drainMs`. */
  close(): Promise<void> {
    this.#stopping = true;
    return this.#underWay.idle(this.#context.config.drainMs);
  }

  async fetch(request: Request): Promise<Response> {
    const done = this.#underWay.begin();
    const { config } = this.#context;
    const adapted = new FetchRequest(request, config, this.#budget);
    if (this.#stopping) return this.#render(problemReply({ kind: "stopping" }), adapted, done);
    const startedAt = config.accessLog ? performance.now() : 0;
    try {
      return await new Promise((resolve, reject) => {
        const send = (reply: Reply): void => {
          const { method, target } = adapted;
          if (config.accessLog)
            logAccess(config, { method, target, status: reply.status, end: undefined, startedAt });
          resolve(this.#render(reply, adapted, done));
        };
        const abort = (): void => {
          done();
          reject(new Error("the reply could not be rendered"));
        };
        const problem = hostProblem(adapted, false);
        if (problem === undefined) answer(this.#context, adapted, { send, abort });
        else send(problemReply(problem));
      });
    } finally {
      adapted.release();
    }
  }

  /** @param done to be called when nothing more of the reply is needed from the log */
  #render(reply: Reply, request: FetchRequest, done: () => void): Response {
    const { body } = reply;
    // Live readers are counted, and ended, by the live hub.
    if (!isSource(body)) done();
    const stream = isLive(body)
      ? this.#liveStream(body, request)
      : isSource(body)
        ? this.#sourceStream(body, request, done)
        : undefined;
    return webResponse(reply, this.#commonHeaders, request.method, stream);
  }

  #liveStream(body: LiveBody, { signal }: FetchRequest): ReadableStream<Uint8Array> {
    return wireStream(signal, (wire) => openLive(body, wire, this.#context.config.stalledReaderMs));
  }

  #sourceStream(source: ByteSource, request: FetchRequest, done: () => void): ReadableStream<Uint8Array> {
    const { config } = this.#context;
    const { stalledReaderMs } = config;
    const onEnd = (end: BodyEnd, cause?: unknown): void => {
      done();
      logBodyEnd(config, request, end, cause);
    };
    return wireStream(request.signal, (wire) =>
      pump(source, wire, { stalledReaderMs, turns: this.#turns, onEnd }),
    );
  }
}
