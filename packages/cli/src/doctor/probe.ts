import { randomUUID } from "node:crypto";
import { HEADER } from "@perennial/protocol";
import { buildStreamUrl, normalizeBaseUrl } from "../arguments/stream-url.ts";

export interface ProbeSettings {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long an answer may take, ms. */
  readonly timeoutMs: number;
}

/** Streams of a run are gone after so many seconds even if it is killed. */
const TTL_SECONDS = "600";

/** Requests to the patient: each is sent once and shown as it is, whatever the status. */
export class Probe {
  readonly #settings: ProbeSettings;
  readonly #created: string[] = [];

  constructor(settings: ProbeSettings) {
    this.#settings = { ...settings, baseUrl: normalizeBaseUrl(settings.baseUrl) };
  }

  get timeoutMs(): number {
    return this.#settings.timeoutMs;
  }

  /** Sends one request. The URL is a stream's, with an optional query. */
  fetch(method: string, url: string, init: RequestInit = {}): Promise<Response> {
    const timeout = AbortSignal.timeout(this.#settings.timeoutMs);
    return fetch(url, {
      signal: timeout,
      ...init,
      method,
      headers: { ...this.#settings.headers, ...(init.headers as Record<string, string>) },
    });
  }

  /** Creates a text stream of its own for a check; throws an error with the status if that fails. */
  async stream(): Promise<string> {
    const url = buildStreamUrl(this.#settings.baseUrl, `doctor-${randomUUID()}`);
    const response = await this.fetch("PUT", url, {
      headers: { [HEADER.contentType]: "text/plain", [HEADER.streamTtl]: TTL_SECONDS },
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`a stream cannot be created: PUT answered ${response.status}`);
    this.#created.push(url);
    return url;
  }

  /** Appends text. */
  async append(
    url: string,
    body: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const response = await this.fetch("POST", url, {
      headers: { [HEADER.contentType]: "text/plain", ...headers },
      body: body as BodyInit,
    });
    await response.arrayBuffer();
    return response;
  }

  /** Deletes what was created. */
  async cleanUp(): Promise<void> {
    await Promise.allSettled(this.#created.map((url) => this.fetch("DELETE", url)));
  }
}
