/** The Durable Streams server below: one inside this process, or one at an address. */
import { STREAM_ROOT } from "@perennial/protocol";

/** Anything with a fetch handler, such as `createServer()` of `@perennial/server`. */
export interface FetchServer {
  fetch(request: Request): Promise<Response>;
}

/** Where the streams are. */
export interface BackendOptions {
  /**
   * Origin of a server, such as `http://127.0.0.1:4437`: streams are then under `/v1/stream/proxy/`. With a path, such as
   * `https://example.com/v1/stream/my-service`, they are under that.
   */
  readonly durableStreamsUrl?: string | undefined;
  /** Or the server itself. */
  readonly dsServer?: FetchServer | undefined;
  /** Sent with every request to it, such as its credentials. */
  readonly durableStreamsHeaders?: Readonly<Record<string, string>> | undefined;
}

/** What a request below brings. */
interface BackendRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Of one attempt, ms. Default 10,000; live reads have none. */
  readonly timeoutMs?: number | undefined;
}

/** What is wrong with where the streams are said to be. */
export function streamsUrlProblem({ durableStreamsUrl, dsServer }: BackendOptions): string | undefined {
  if (durableStreamsUrl === undefined)
    return dsServer === undefined
      ? "a proxy needs durableStreamsUrl or dsServer: where its streams are"
      : undefined;
  const isWeb = URL.canParse(durableStreamsUrl) && /^https?:$/.test(new URL(durableStreamsUrl).protocol);
  return isWeb
    ? undefined
    : `durableStreamsUrl must be an address such as http://localhost:4437, not ${durableStreamsUrl}`;
}

const FOLDER = `${STREAM_ROOT}/proxy`;
const TIMEOUT_MS = 10_000;
/** Attempts of a request, and the wait after the first, ms, which doubles. What is asked here may be asked again. */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 20;

export class Backend {
  readonly headers: Readonly<Record<string, string>>;
  readonly #root: string;
  readonly #server: FetchServer | undefined;

  constructor({ durableStreamsUrl, dsServer, durableStreamsHeaders = {} }: BackendOptions) {
    const { origin, pathname } = new URL(durableStreamsUrl ?? "http://localhost");
    const path = pathname.replace(/\/+$/, "");
    this.#root = `${origin}${path === "" ? FOLDER : path}`;
    this.headers = durableStreamsHeaders;
    this.#server = dsServer;
  }

  /** Address of a response's bytes. Ids are of one form (`isStreamId`), so none leads elsewhere. */
  bytes(id: string): string {
    return `${this.#root}/${id}`;
  }

  /** Address of a word that says how it ended; there is none for a response that is complete. */
  outcome(id: string): string {
    return `${this.#root}/${id}.outcome`;
  }

  /** Address of the record of who fetches it. */
  claim(id: string): string {
    return `${this.#root}/${id}.claim`;
  }

  /** Address of a stream that is there for as long as a process of the proxy is. */
  instance(instance: string): string {
    return `${this.#root}/instance-${instance}`;
  }

  /** As `fetch`, to one of these addresses. */
  readonly fetch: typeof globalThis.fetch = (input, init) =>
    this.#server === undefined
      ? fetch(input as string, init)
      : this.#server.fetch(new Request(input as string, init));

  /**
   * Sends a request, again if the network fails. Rejects when the server cannot be reached or does not answer in time, or the
   * signal is aborted.
   */
  async send(method: string, url: string, request: BackendRequest = {}): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#sendOnce(method, url, request);
      } catch (error) {
        if (request.signal?.aborted || attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** attempt));
      }
    }
  }

  #sendOnce(method: string, url: string, request: BackendRequest): Promise<Response> {
    const { timeoutMs = TIMEOUT_MS, signal } = request;
    const signals = signal === undefined ? [] : [signal];
    if (timeoutMs !== Number.POSITIVE_INFINITY) signals.push(AbortSignal.timeout(timeoutMs));
    const init: RequestInit = {
      method,
      headers: { ...request.headers, ...this.headers },
      signal: signals.length === 1 ? signals[0]! : AbortSignal.any(signals),
    };
    if (request.body !== undefined) init.body = request.body;
    return this.fetch(url, init);
  }
}

/** Reads an answer to nothing, so that its connection is free for others. */
export async function discard(response: Response): Promise<Response> {
  await response.arrayBuffer().catch(() => undefined);
  return response;
}
