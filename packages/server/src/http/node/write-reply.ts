/** Writing a reply to a node:http response, with the back-pressure of its socket. */
import type { ServerResponse } from "node:http";
import type { SseSink } from "../../live/sse-session.ts";
import { pump } from "../pump.ts";
import { isLive, isSource, type LiveBody, type Reply } from "../reply.ts";

/** What writing needs to know besides the reply. */
export interface WriteSettings {
  readonly commonHeaders: readonly string[];
  /** How long a client that takes nothing is waited for, milliseconds. */
  readonly stalledReaderMs: number;
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

function openLive(response: ServerResponse, body: LiveBody, { stalledReaderMs }: WriteSettings): void {
  const sink: SseSink = {
    write: (frame) => void response.write(frame),
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
  response.on("drain", () => session.onDrain());
  response.on("close", () => session.onDisconnect());
}
