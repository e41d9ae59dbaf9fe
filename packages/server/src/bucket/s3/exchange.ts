/** One request over a kept connection, and its answer, which is bounded in time and length. */
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { HTTP_HEADER, type Rejected, reject } from "@perennial/protocol";

const CONNECTIONS_MAX = 16;

export interface ExchangeLimits {
  /** A connection on which nothing moves for so long is given up. */
  readonly idleMs: number;
  /** The whole exchange. */
  readonly totalMs: number;
}

export interface Outgoing {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly answerBytesMax: number;
}

export interface Answered {
  readonly kind: "answered";
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** There was no answer, or `too-long`: a longer one than allowed. `message` is the system's. */
export interface NoAnswer {
  readonly reason: "failed" | "too-long";
  readonly message: string;
}

/** The connections to one server. */
export class Exchanges {
  readonly #base: URL;
  readonly #limits: ExchangeLimits;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(base: URL, limits: ExchangeLimits) {
    this.#base = base;
    this.#limits = limits;
    const options = { keepAlive: true, maxSockets: CONNECTIONS_MAX };
    this.#agent = base.protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** Resolves in any case, within the limits. */
  run(outgoing: Outgoing): Promise<Answered | Rejected<NoAnswer>> {
    const { idleMs, totalMs } = this.#limits;
    const { method, path, headers, body, answerBytesMax } = outgoing;
    const send = this.#base.protocol === "https:" ? requestHttps : requestHttp;
    return new Promise((resolve) => {
      const options = {
        method,
        path,
        headers: { ...headers, [HTTP_HEADER.contentLength]: `${body.length}` },
      };
      const request = send(this.#base, { ...options, agent: this.#agent });
      const settle = (outcome: Answered | Rejected<NoAnswer>) => {
        clearTimeout(timer);
        if (outcome.kind === "rejected") request.destroy();
        resolve(outcome);
      };
      const fail = (message: string) => settle(reject({ reason: "failed", message }));
      const timer = setTimeout(() => fail(`no answer within ${totalMs / 1000} s`), totalMs);
      request.setTimeout(idleMs, () => fail(`nothing moved for ${idleMs / 1000} s`));
      // Also after it was settled: without a listener an error would end the process.
      request.on("error", (error) => fail(error.message || String((error as NodeJS.ErrnoException).code)));
      request.on("response", (response) => void gather(response, answerBytesMax).then(settle));
      request.end(body);
    });
  }

  /** Gives up idle connections, and fails what is under way. */
  close(): void {
    this.#agent.destroy();
  }
}

async function gather(response: IncomingMessage, bytesMax: number): Promise<Answered | Rejected<NoAnswer>> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > bytesMax)
        return reject({ reason: "too-long", message: `an answer of more than ${bytesMax} bytes` });
      pieces.push(piece);
    }
  } catch (error) {
    return reject({ reason: "failed", message: (error as Error).message });
  }
  const { statusCode = 0, headers } = response;
  return { kind: "answered", status: statusCode, headers, body: Buffer.concat(pieces) };
}
