/** Writing a reply straight to the socket: one buffer where there is a whole body, or none. */
import type { Socket } from "node:net";
import type { ReadyReaders } from "../../../live/ready-readers.ts";
import type { Context } from "../../context.ts";
import { isLive, isSource, type Reply } from "../../message/reply.ts";
import type { ReplyHeads } from "../../message/reply-head.ts";
import type { ChunkFramer } from "../chunked-frames.ts";
import { openLive } from "../live-sink.ts";
import { pump } from "../pump.ts";
import type { BodyEnd } from "../wire.ts";
import { SocketWire } from "./socket-wire.ts";

/** What the replies of all connections share. */
export interface FastReplies {
  readonly context: Context;
  readonly heads: ReplyHeads;
  readonly framer: ChunkFramer;
  /** In which long bodies are written. */
  readonly turns: ReadyReaders;
}

/** What becomes of a reply that was written. */
export interface FastWriting {
  /** The whole reply was handed to the socket. */
  onWritten(): void;
  /** Its body broke off. */
  onBroken(end: BodyEnd, cause?: unknown): void;
}

/**
 * Writes the reply.
 *
 * @returns whether it is live: only then may it take for ever
 */
export function writeFastReply(
  socket: Socket,
  reply: Reply,
  method: string,
  keepAlive: boolean,
  { context, heads, framer, turns }: FastReplies,
  writing: FastWriting,
): boolean {
  const { body } = reply;
  const { now, stalledReaderMs } = context.config;
  const head = heads.head(reply.status, reply.headers, framing(reply, method), keepAlive, now());
  if (isLive(body)) {
    socket.write(`${head}\r\n`, "latin1");
    openLive(body, new SocketWire(socket, framer, () => writing.onWritten()), stalledReaderMs);
    return true;
  }
  if (isSource(body)) {
    socket.write(`${head}\r\n`, "latin1");
    pump(body, new SocketWire(socket, undefined, () => writing.onWritten()), {
      ...{ stalledReaderMs, turns },
      onEnd: (end, cause) => {
        if (end !== "complete") writing.onBroken(end, cause);
      },
    });
    return false;
  }
  if (body === undefined || method === "HEAD") socket.write(`${head}\r\n`, "latin1");
  else socket.write(joined(head, body));
  writing.onWritten();
  return false;
}

/** The header line that says where the body ends. */
function framing({ status, body }: Reply, method: string): string {
  if (isLive(body)) return "Transfer-Encoding: chunked\r\n";
  if (isSource(body)) return `Content-Length: ${body.byteLength}\r\n`;
  if (status === 204 || status === 304 || (body === undefined && method === "HEAD")) return "";
  return `Content-Length: ${body?.length ?? 0}\r\n`;
}

function joined(head: string, body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(head.length + 2 + body.length);
  bytes.write(head, 0, "latin1");
  bytes.write("\r\n", head.length, "latin1");
  bytes.set(body, head.length + 2);
  return bytes;
}
