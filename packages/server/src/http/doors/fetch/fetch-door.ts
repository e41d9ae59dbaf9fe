/** The web-standard door: `Request` in, `Response` out. For Hono, Bun, Deno, and tests without a socket. */
import type { SseSink } from "../../../live/sse-session.ts";
import { logAccess } from "../../access-log.ts";
import { answer } from "../../answer.ts";
import type { Context } from "../../context.ts";
import { problemReply } from "../../errors.ts";
import type { BodyBudget } from "../../limits/body-budget.ts";
import { commonHeaders } from "../../message/common-headers.ts";
import {
  type ByteSource,
  isLive,
  isSource,
  type LiveBody,
  type LiveSession,
  type Reply,
} from "../../message/reply.ts";
import { FetchRequest } from "./fetch-request.ts";
import { UnderWay } from "./under-way.ts";

export class FetchDoor {
  readonly #context: Context;
  readonly #budget: BodyBudget;
  readonly #commonHeaders: readonly string[];
  readonly #underWay = new UnderWay();
  #stopping = false;

  constructor(context: Context, budget: BodyBudget) {
    this.#context = context;
    this.#budget = budget;
    this.#commonHeaders = commonHeaders(context.config);
  }

  /** Answers 503 from now on; resolves when all requests under way are answered, or after `drainMs`. */
  close(): Promise<void> {
    this.#stopping = true;
    return this.#underWay.idle(this.#context.config.drainMs);
  }

  async fetch(request: Request): Promise<Response> {
    const done = this.#underWay.begin();
    if (this.#stopping) return this.#render(problemReply({ kind: "stopping" }), request.method, done);
    const { config } = this.#context;
    const adapted = new FetchRequest(request, config, this.#budget);
    const startedAt = config.accessLog ? performance.now() : 0;
    try {
      return await new Promise((resolve, reject) => {
        const send = (reply: Reply): void => {
          if (config.accessLog)
            logAccess(config, {
              method: adapted.method,
              target: adapted.target,
              status: reply.status,
              startedAt,
            });
          resolve(this.#render(reply, request.method, done));
        };
        const abort = (): void => {
          done();
          reject(new Error("the reply could not be rendered"));
        };
        answer(this.#context, adapted, { send, abort });
      });
    } finally {
      adapted.release();
    }
  }

  /** @param done to be called when nothing more of the reply is needed from the log */
  #render({ status, headers, body }: Reply, method: string, done: () => void): Response {
    const all = new Headers();
    for (const list of [this.#commonHeaders, headers]) {
      for (let index = 0; index < list.length; index += 2) all.append(list[index]!, list[index + 1]!);
    }
    if (!isSource(body) || method === "HEAD" || status === 304) done();
    if (isLive(body)) return new Response(liveStream(body), { status, headers: all });
    const hasBody = status !== 204 && status !== 304;
    if (hasBody && method !== "HEAD") {
      const length = body === undefined ? 0 : isSource(body) ? body.byteLength : body.length;
      all.set("Content-Length", String(length));
    }
    const stream = isSource(body)
      ? sourceStream(body, done)
      : body === undefined
        ? null
        : new Uint8Array(body);
    return new Response(hasBody ? stream : null, { status, headers: all });
  }
}

function sourceStream(source: ByteSource, done: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      pull(controller) {
        const piece = nextPiece(source, done);
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
      cancel: done,
    },
    { highWaterMark: 0 },
  );
}

/** Throws when the stream was removed meanwhile, which breaks the response. */
function nextPiece(source: ByteSource, done: () => void): Uint8Array | undefined {
  let piece: Uint8Array | undefined;
  try {
    piece = source.next();
    return piece;
  } finally {
    if (piece === undefined) done();
  }
}

/** A stream of frames. Its queue counts bytes, so that the session sees how far behind the client is. */
function liveStream(body: LiveBody): ReadableStream<Uint8Array> {
  let session: LiveSession | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        session = body.open(controllerSink(controller));
      },
      pull() {
        session?.onDrain();
      },
      cancel() {
        session?.onDisconnect();
      },
    },
    { highWaterMark: HIGH_WATER_BYTES, size: (chunk) => chunk.byteLength },
  );
}

/** Bytes queued before the consumer is behind; only a reference point for `bufferedBytes`. */
const HIGH_WATER_BYTES = 16 * 1024;

function controllerSink(controller: ReadableStreamDefaultController<Uint8Array>): SseSink {
  return {
    write: (frame) => controller.enqueue(frame),
    bufferedBytes: () => HIGH_WATER_BYTES - (controller.desiredSize ?? HIGH_WATER_BYTES),
    end: () => controller.close(),
    destroy: () => controller.error(new Error("the reader did not take its events in time")),
  };
}
