import { isTrue, STREAM_CLOSED, STREAM_NEXT_OFFSET } from "@perennial/protocol";
import { present } from "../http/defaults.ts";
import type { DurableStreamErrorCode } from "./codes.ts";
import { FetchError } from "./fetch-error.ts";

/**
 * An error with a code to branch on: misuse, data that does not parse, or a failure the protocol has a name for.
 *
 * @example
 * ```ts
 * import { DurableStreamError, stream } from "@perennial/client";
 * const response = await stream({ url: "https://example.com/streams/orders", live: false });
 * try {
 *   console.log(await response.json());
 * } catch (error) {
 *   if (error instanceof DurableStreamError && error.code === "PARSE_ERROR") console.log("not JSON");
 * }
 * ```
 */
export class DurableStreamError extends Error {
  /** The HTTP status, where there was a response. */
  declare status?: number;
  /** What went wrong. */
  declare code: DurableStreamErrorCode;
  /** More about it: the response's body, or the data that did not parse. */
  declare details?: unknown;

  constructor(message: string, code: DurableStreamErrorCode, status?: number, details?: unknown) {
    super(message);
    Object.assign(this, present({ name: "DurableStreamError", code, status, details }));
  }

  /** Builds the error of a response, reading its body if nobody did. */
  static async fromResponse(response: Response, url: string): Promise<DurableStreamError> {
    return DurableStreamError.fromFetchError(await FetchError.fromResponse(response, url));
  }

  /** The same failure with a code: message and status are kept, `details` is the body. */
  static fromFetchError(error: FetchError): DurableStreamError {
    const { message, code, status, json, text } = error;
    // Code that knows no `TOO_LARGE` treats it as it treats `UNKNOWN`.
    return new DurableStreamError(message, code as DurableStreamErrorCode, status, json ?? text);
  }
}

/**
 * A write to a stream that is closed. Nothing more can be appended to it.
 *
 * @example
 * ```ts
 * import { DurableStream, StreamClosedError } from "@perennial/client";
 * const handle = new DurableStream({ url: "https://example.com/streams/orders" });
 * try {
 *   await handle.append("more");
 * } catch (error) {
 *   if (error instanceof StreamClosedError) console.log("closed at", error.finalOffset);
 * }
 * ```
 */
export class StreamClosedError extends DurableStreamError {
  override readonly code = "STREAM_CLOSED";
  override readonly status = 409;
  /** Always true, for code that tells errors apart by their members. */
  readonly streamClosed = true;
  /** The offset at which the stream ended, if the server said so. */
  declare readonly finalOffset?: string;

  constructor(url?: string, finalOffset?: string) {
    super("Cannot append to closed stream", "STREAM_CLOSED", 409, url);
    this.name = "StreamClosedError";
    if (finalOffset !== undefined) this.finalOffset = finalOffset;
  }
}

/** The closed-stream error that a failed request amounts to, if it does (409 with `Stream-Closed: true`). */
export function closedError(error: FetchError): StreamClosedError | undefined {
  if (error.status !== 409 || !isTrue(error.headers[STREAM_CLOSED.toLowerCase()])) return undefined;
  return new StreamClosedError(error.url, error.headers[STREAM_NEXT_OFFSET.toLowerCase()]);
}
