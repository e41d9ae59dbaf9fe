/** Requests to the control API. */
import { HEADER } from "@perennial/protocol";
import { createFetchWithBackoff, FetchError, type HeadersRecord } from "../index.ts";
import { SubscriptionError } from "./errors.ts";

/** How to reach a server's subscriptions. */
export interface SubscriptionsOptions {
  /** The stream root, such as `https://example.com/v1/stream`. */
  readonly url: string | URL;
  /** Sent with every request; functions are called for each. A worker's token takes the place of `Authorization`. */
  readonly headers?: HeadersRecord;
  /** Default the global `fetch` */
  readonly fetch?: typeof globalThis.fetch;
}

const RETRIES = { initialDelay: 100, maxDelay: 5000, multiplier: 2, maxRetries: 5 };

export class ControlApi {
  readonly root: string;
  readonly options: SubscriptionsOptions;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: SubscriptionsOptions) {
    this.options = options;
    this.root = String(options.url).replace(/\/+$/, "");
    const send = options.fetch ?? ((...request) => fetch(...request));
    this.#fetch = createFetchWithBackoff(send, RETRIES);
  }

  /** The address of a subscription, or of something below it. */
  address(id: string, ...rest: readonly string[]): string {
    const parts = [id, ...rest].map(encodeURIComponent);
    return [`${this.root}/__ds/subscriptions`, ...parts].join("/");
  }

  /**
   * Sends JSON, and gives what is answered.
   *
   * @throws SubscriptionError when the server refuses it
   */
  async send<Answer>(
    method: string,
    url: string,
    { body, token, signal }: { body?: unknown; token?: string; signal?: AbortSignal | undefined } = {},
  ): Promise<Answer> {
    const headers = new Headers();
    for (const [name, value] of Object.entries(this.options.headers ?? {}))
      headers.set(name, typeof value === "function" ? await value() : value);
    if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
    if (body !== undefined) headers.set(HEADER.contentType, "application/json");
    const request: RequestInit = { method, headers };
    if (body !== undefined) request.body = JSON.stringify(body);
    if (signal !== undefined) request.signal = signal;
    try {
      const response = await this.#fetch(url, request);
      return (response.status === 204 ? undefined : await response.json()) as Answer;
    } catch (error) {
      throw error instanceof FetchError ? refusalOf(error) : error;
    }
  }
}

function refusalOf({ status, json, message }: FetchError): SubscriptionError {
  const told = (json as { error?: { code?: string; message?: string } } | undefined)?.error;
  return new SubscriptionError(status, told?.code ?? "", told?.message ?? message);
}
