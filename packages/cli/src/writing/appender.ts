import { HEADER } from "@perennial/protocol";
import type { WriteFlags } from "../arguments/write-arguments.ts";
import type { Connection, RequestBody } from "../connection/connection.ts";

/** Appends to one stream, one request after the other, with the options of the command line. */
export class Appender {
  readonly #connection: Connection;
  readonly #url: string;
  readonly #contentType: string;
  readonly #flags: WriteFlags;
  #requests = 0;

  constructor(connection: Connection, url: string, contentType: string, flags: WriteFlags) {
    this.#connection = connection;
    this.#url = url;
    this.#contentType = contentType;
    this.#flags = flags;
  }

  /**
   * Appends one body.
   *
   * @param last whether it is the last one, which closes the stream if that was asked for
   */
  async append(body: RequestBody, last: boolean): Promise<void> {
    const { close, seq, producerId } = this.#flags;
    const headers: Record<string, string> = { [HEADER.contentType]: this.#contentType };
    if (last && close) headers[HEADER.streamClosed] = "true";
    if (seq !== undefined) headers[HEADER.streamSeq] = seq;
    if (producerId !== undefined) Object.assign(headers, this.#producerHeaders(producerId));
    const repeatable = producerId !== undefined && !(body instanceof ReadableStream);
    await this.#connection.request("POST", this.#url, { headers, body, repeatable });
    this.#requests += 1;
  }

  /** Closes the stream if that was asked for and no append has done it. */
  async finish(): Promise<void> {
    if (!this.#flags.close) return;
    await this.#connection.request("POST", this.#url, { headers: { [HEADER.streamClosed]: "true" } });
  }

  /** The sequence number counts on with each request of this run. */
  #producerHeaders(producerId: string): Record<string, string> {
    const { producerEpoch = 0, producerSeq = 0 } = this.#flags;
    return {
      [HEADER.producerId]: producerId,
      [HEADER.producerEpoch]: String(producerEpoch),
      [HEADER.producerSeq]: String(producerSeq + this.#requests),
    };
  }
}
