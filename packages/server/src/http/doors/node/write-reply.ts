/** Writing a reply to a node:http response, with the back-pressure of its socket. */

import type { ServerResponse } from "node:http";
import { HTTP_HEADER } from "@perennial/protocol";
import type { ReadyReaders } from "../../../live/ready-readers.ts";
import { isLive, isSource, type Reply } from "../../message/reply.ts";
import type { ChunkFramer } from "../chunked-frames.ts";
import { openLive } from "../live-sink.ts";
import { pump } from "../pump.ts";
import type { BodyEnd } from "../wire.ts";
import { ResponseWire } from "./response-wire.ts";

/** What writing needs to know besides the reply. */
export interface WriteSettings {
  readonly commonHeaders: readonly string[];
  /** How long a client that takes nothing is waited for, milliseconds. */
  readonly stalledReaderMs: number;
  readonly framer: ChunkFramer;
  /** In which long bodies are written. */
  readonly turns: ReadyReaders;
}

/** @param onEnd hears how a body that is written piece by piece has ended, and why, if it failed */
export function writeReply(
  response: ServerResponse,
  reply: Reply,
  settings: WriteSettings,
  onEnd: (end: BodyEnd, cause?: unknown) => void,
): void {
  const { status, body } = reply;
  const headers = settings.commonHeaders.concat(reply.headers);
  if (isLive(body)) {
    response.writeHead(status, headers);
    response.flushHeaders();
    openLive(body, new ResponseWire(response, settings.framer), settings.stalledReaderMs);
  } else if (isSource(body)) {
    headers.push(HTTP_HEADER.contentLength, String(body.byteLength));
    response.writeHead(status, headers);
    const { stalledReaderMs, turns } = settings;
    pump(body, new ResponseWire(response, undefined), { stalledReaderMs, turns, onEnd });
  } else {
    if (hasLength(response, reply)) headers.push(HTTP_HEADER.contentLength, String(body?.length ?? 0));
    response.writeHead(status, headers);
    response.end(body);
  }
}

/** A HEAD without a body says nothing about the length that a GET would have (RFC 9110, 8.6). */
function hasLength(response: ServerResponse, { status, body }: Reply): boolean {
  if (status === 204 || status === 304) return false;
  return body !== undefined || response.req.method !== "HEAD";
}
