import {
  CONTENT_TYPE,
  mediaType,
  parseControl,
  SseDecoder,
  STREAM_SSE_DATA_ENCODING,
} from "@perennial/protocol";
import type { DurableStreamError } from "../errors/durable-stream-error.ts";
import { parseError } from "../errors/parse-error.ts";
import type { Control } from "./position.ts";

/** Payload of data events that may wait for their control event, in UTF-16 code units. */
export const UNCONFIRMED_LENGTH_MAX = 128 * 1024 * 1024;

const MORE_FOLLOWS = { stream: true };

/** A control event with the payloads of the data events before it. */
export interface Flush {
  readonly payloads: readonly string[];
  readonly control: Control;
}

/**
 * Decodes the bytes of one SSE connection into flushes. Data events wait for their control event: without it they
 * have no offset and will be sent again, so what a connection's end leaves unconfirmed is dropped. Events of other
 * types are skipped.
 */
export class EventStream {
  readonly #text = new TextDecoder();
  readonly #decoder = new SseDecoder();
  #payloads: string[] = [];
  #length = 0;

  /**
   * Takes the next bytes and returns the flushes that they complete.
   *
   * @throws DurableStreamError `PARSE_ERROR` for a control event that does not parse and for events without bound
   */
  push(bytes: Uint8Array): Flush[] {
    const flushes: Flush[] = [];
    for (const { event, data } of this.#decoder.push(this.#text.decode(bytes, MORE_FOLLOWS))) {
      if (event === "data") this.#hold(data);
      else if (event === "control") flushes.push(this.#confirm(parse(data)));
    }
    if (this.#decoder.failure !== undefined) throw tooLarge();
    return flushes;
  }

  #hold(payload: string): void {
    this.#payloads.push(payload);
    this.#length += payload.length;
    if (this.#length > UNCONFIRMED_LENGTH_MAX) throw tooLarge();
  }

  #confirm(control: Control): Flush {
    const payloads = this.#payloads;
    this.#payloads = [];
    this.#length = 0;
    return { payloads, control };
  }
}

/** Whether a response is an event stream rather than a page. */
export function isEventStream(response: Response): boolean {
  return mediaType(response.headers.get(CONTENT_TYPE) ?? "") === "text/event-stream";
}

/** Whether the data events of a response are base64. Each connection says so for itself. */
export function isBase64(response: Response): boolean {
  return response.headers.get(STREAM_SSE_DATA_ENCODING)?.toLowerCase() === "base64";
}

function parse(data: string): Control {
  const control = parseControl(data);
  if (control === undefined) throw parseError("SSE control event", data);
  return control;
}

function tooLarge(): DurableStreamError {
  return parseError("SSE event", "it is too large");
}
