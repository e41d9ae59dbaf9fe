import { Agent as HttpAgent, request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { HTTP_HEADER } from "@perennial/protocol";

/** A request of the load. */
export interface LoadRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/**
 * Sends requests on a fixed number of connections that stay open. Straight on node:http, since what this program
 * spends itself is taken from what it measures.
 */
export class Requester {
  readonly #agent: HttpAgent;
  readonly #send: typeof httpRequest;
  readonly #timeoutMs: number;

  /** @param timeoutMs how long an answer may take, ms */
  constructor(baseUrl: string, connections: number, timeoutMs: number) {
    const isSecure = new URL(baseUrl).protocol === "https:";
    const options = { keepAlive: true, maxSockets: connections };
    this.#agent = isSecure ? new HttpsAgent(options) : new HttpAgent(options);
    this.#send = isSecure ? httpsRequest : httpRequest;
    this.#timeoutMs = timeoutMs;
  }

  /** Resolves once the answer is complete; rejects unless it is a 2xx. */
  send({ method, url, headers, body }: LoadRequest): Promise<void> {
    const all: OutgoingHttpHeaders = {
      ...headers,
      ...(body && { [HTTP_HEADER.contentLength]: body.length }),
    };
    return new Promise((resolve, reject) => {
      const options = { method, headers: all, agent: this.#agent, timeout: this.#timeoutMs };
      const request = this.#send(url, options, (response) => {
        response.resume();
        response.once("error", reject);
        response.once("end", () => {
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve();
          else reject(new Error(`status ${status}`));
        });
      });
      request.once("timeout", () => request.destroy(new Error("timeout")));
      request.once("error", reject);
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
