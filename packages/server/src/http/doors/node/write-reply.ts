/** Writing a reply to a node:http response, with the back-pressure of its socket. */
import type { ServerResponse } from "node:http";
import type { SseSink } from "../../../live/sse-session.ts";
import { isLive, isSource, type LiveBody, type Reply } from "../../message/reply.ts";
import type { ChunkFramer } from "../chunked-frames.ts";
import { pump } from "../pump.ts";

/** What writing needs to know besides the reply. */
export interface WriteSettings {
  readonly commonHeaders: readonly string[];
  /** How long a client that takes nothing is waited for, milliseconds. */
  readonly stalledReaderMs: number;
  readonly framer: ChunkFramer;
}

export function writeReply(response: ServerResponse, reply: Reply, settings: WriteSettings): void {
  const { status, body } = reply;
  const headers = settings.commonHeaders.concat(reply.headers);
  if (isLive(body)) {
    response.writeHead(status, headers);
    response.flushHeaders();
    openLive(response, body, settings);
  } else if (isSource(body)) {
    headers.push("Content-Length", String(body.byteLength));
    response.writeHead(status, headers);
    pump(body, response, settings.stalledReaderMs, () => response.end());
  } else {
    if (hasLength(response, reply)) headers.push("Content-Length", String(body?.length ?? 0));
    response.writeHead(status, headers);
    response.end(body);
  }
}

/** A HEAD without a body says nothing about the length that a GET would have (RFC 9110, 8.6). */
function hasLength(response: ServerResponse, { status, body }: Reply): boolean {
  if (status === 204 || status === 304) return false;
  return body !== undefined || response.req.method !== "HEAD";
}

function openLive(
  response: ServerResponse,
  body: LiveBody,
  { stalledReaderMs, framer }: WriteSettings,
): void {
  const { socket } = response.req;
  const sink: SseSink = {
    write: (frame) => writeFrame(response, frame, framer),
    bufferedBytes: () => response.writableLength,
    end: () => {
      response.end();
      // What is still buffered may never be taken.
      const stalled = setTimeout(() => response.destroy(), stalledReaderMs);
      response.once("close", () => clearTimeout(stalled));
    },
    destroy: () => response.destroy(),
  };
  const session = body.open(sink);
  const onDrain = (): void => session.onDrain();
  // What waited behind another answer drains from the response, frames written straight to the socket from there.
  response.on("drain", onDrain);
  socket.on("drain", onDrain);
  response.on("close", () => {
    socket.off("drain", onDrain);
    session.onDisconnect();
  });
}

/**
 * Writes a frame straight to the socket once that is the response's (an answer before it may still be under way):
 * node:http would hand over length, frame and line end one by one, for each reader anew. In HTTP/1.0 there are no chunks.
 */
function writeFrame(response: ServerResponse, frame: Uint8Array, framer: ChunkFramer): void {
  if (response.socket !== null && response.chunkedEncoding) response.socket.write(framer.chunkOf(frame));
  else response.write(frame);
}
