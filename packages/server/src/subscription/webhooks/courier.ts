/**
 * Brings a body to a webhook. A name says nothing: it may lead inside, and elsewhere each time it is looked up. So what was looked
 * up is judged, and that very address is connected to.
 */
import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import type { Readable } from "node:stream";
import { HEADER } from "@perennial/protocol";
import type { Agent, buildConnector } from "undici";
import { isAddress, mayConnect, type OwnHosts } from "./addresses.ts";

/** What came of a delivery. */
export type Outcome =
  | { readonly kind: "delivered"; readonly isDone: boolean }
  /** `isDead`: the host itself did not answer, or says that it cannot. */
  | { readonly kind: "failed"; readonly message: string; readonly isDead: boolean };

/** Whoever brings bodies. Never rejects. */
export interface Courier {
  post(url: string, body: Uint8Array, signature: string): Promise<Outcome>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Of an answer: all that counts of it is `{"done":true}`. */
const ANSWER_BYTES = 64 * 1024;
const HEADER_BYTES = 16 * 1024;
const SLOW = `the webhook did not answer within ${TIMEOUT_MS / 1000} s`;
const NOT_PUBLIC = "the host leads to an address that is not public";

type Connector = buildConnector.connector;

export class HttpCourier implements Courier {
  readonly #own: OwnHosts;
  readonly #connections: number;
  readonly #lookup: typeof systemLookup;
  #agent: Promise<Agent> | undefined;

  /**
   * @param connections to one host at most
   * @param lookup as `dns.lookup`
   */
  constructor(own: OwnHosts, connections: number, lookup: typeof systemLookup = systemLookup) {
    this.#own = own;
    this.#connections = connections;
    this.#lookup = lookup;
  }

  async post(url: string, body: Uint8Array, signature: string): Promise<Outcome> {
    try {
      this.#agent ??= this.#makeAgent();
      return await send(await this.#agent, new URL(url), body, signature);
    } catch (error) {
      return { kind: "failed", message: messageOf(error), isDead: true };
    }
  }

  async close(): Promise<void> {
    const agent = await this.#agent?.catch(() => undefined);
    await agent?.destroy();
  }

  async #makeAgent(): Promise<Agent> {
    // Its own `undici` would not ask which addresses may be connected to.
    if (process.versions.bun !== undefined)
      throw new Error("webhooks need Node.js: Bun cannot judge addresses");
    // Only now: a server without webhooks needs none of it.
    const { Agent, buildConnector } = await import("undici");
    const connect = buildConnector({
      timeout: CONNECT_TIMEOUT_MS,
      lookup: this.#guardedLookup(),
    } as buildConnector.BuildOptions);
    return new Agent({
      connect: this.#guarded(connect),
      connections: this.#connections,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      maxHeaderSize: HEADER_BYTES,
    });
  }

  #guarded(connect: Connector): Connector {
    return (options, callback) => {
      const { hostname } = options;
      // An address is not looked up.
      if (isAddress(hostname) && !mayConnect(hostname, hostname, this.#own)) {
        queueMicrotask(() => callback(new Error(NOT_PUBLIC), null));
        return;
      }
      connect(options, (...[error, socket]) => {
        if (error !== null) return callback(error, null);
        if (mayConnect(hostname, socket.remoteAddress ?? "", this.#own)) return callback(null, socket);
        socket.destroy();
        callback(new Error(NOT_PUBLIC), null);
      });
    };
  }

  #guardedLookup(): LookupFunction {
    return (hostname, options, callback) => {
      this.#lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, "", 0);
        const allowed = addresses.filter(({ address }) => mayConnect(hostname, address, this.#own));
        const [first] = allowed;
        if (first === undefined) return callback(new Error(NOT_PUBLIC), "", 0);
        if (options.all) return (callback as unknown as (error: null, all: object) => void)(null, allowed);
        callback(null, first.address, first.family);
      });
    };
  }
}

async function send(agent: Agent, url: URL, body: Uint8Array, signature: string): Promise<Outcome> {
  const late = new AbortController();
  // A signal of its own that times out would cost several times as much as this.
  const timer = setTimeout(() => late.abort(new Error(SLOW)), TIMEOUT_MS);
  try {
    // Redirects are answers like others: nobody follows them.
    const answer = await agent.request({
      ...{ origin: url.origin, path: url.pathname + url.search, method: "POST", body },
      headers: {
        ...{ [HEADER.contentType]: "application/json", "Webhook-Signature": signature },
        "user-agent": "perennial",
      },
      signal: late.signal,
    });
    const { statusCode } = answer;
    const text = await readText(answer.body);
    if (statusCode >= 200 && statusCode < 300) return { kind: "delivered", isDone: saysDone(text) };
    const isDead = statusCode === 502 || statusCode === 503 || statusCode === 504;
    return { kind: "failed", message: `the webhook answered ${statusCode}`, isDead };
  } finally {
    clearTimeout(timer);
  }
}

/** What was answered; of what is too long nothing, and its connection is cut. */
function readText(body: Readable): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    body.on("data", (part: Uint8Array) => {
      length += part.length;
      parts.push(part);
      if (length <= ANSWER_BYTES) return;
      resolve("");
      body.destroy();
    });
    body.on("error", reject);
    body.on("end", () => resolve(Buffer.concat(parts).toString()));
  });
}

function saysDone(text: string): boolean {
  try {
    return (JSON.parse(text) as { done?: unknown } | null)?.done === true;
  } catch {
    return false;
  }
}

function messageOf(error: unknown): string {
  const { name, message, code } = error as Error & { code?: string };
  if (message === SLOW) return SLOW;
  return `the webhook cannot be reached: ${message || (code ?? name)}`.slice(0, 500);
}
