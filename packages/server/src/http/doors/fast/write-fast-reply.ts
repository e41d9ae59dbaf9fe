/** Writing a reply straight to the socket: one buffer where there is a whole body, or none. */
import type { Socket } from "node:net";
import type { Context } from "../../context.ts";
import { isLive, isSource, type LiveBody, type LiveSession, type Reply } from "../../message/reply.ts";
import type { ReplyHeads } from "../../message/reply-head.ts";
import { type ChunkFramer, LAST_CHUNK } from "../chunked-frames.ts";
import { pump } from "../pump.ts";

/** What the replies of all connections share. */
export interface FastReplies {
  readonly context: Context;
  readonly heads: ReplyHeads;
  readonly framer: ChunkFramer;
}

/**
 * Writes the reply and calls `onEnd` once all of it was handed to the socket.
 *
 * @returns the live session, if the reply has one
 */
export function writeFastReply(
  socket: Socket,
  reply: Reply,
  method: string,
  keepAlive: boolean,
  { context, heads, framer }: FastReplies,
  onEnd: () => void,
): LiveSession | undefined {
  const { body } = reply;
  const { now, stalledReaderMs } = context.config;
  const head = heads.head(reply.status, reply.headers, framing(reply, method), keepAlive, now());
  if (isLive(body)) return openLive(socket, head, body, framer, onEnd);
  if (isSource(body)) {
    socket.write(`${head}\r\n`, "latin1");
    pump(body, socket, stalledReaderMs, onEnd);
    return undefined;
  }
  if (body === undefined || method === "HEAD") socket.write(`${head}\r\n`, "latin1");
  else socket.write(joined(head, body));
  onEnd();
  return undefined;
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

function openLive(
  socket: Socket,
  head: string,
  body: LiveBody,
  framer: ChunkFramer,
  onEnd: () => void,
): LiveSession {
  socket.write(`${head}\r\n`, "latin1");
  let session: LiveSession | undefined;
  const onDrain = (): void => session?.onDrain();
  socket.on("drain", onDrain);
  session = body.open({
    write: (frame) => void socket.write(framer.chunkOf(frame)),
    bufferedBytes: () => socket.writableLength,
    end: () => {
      socket.off("drain", onDrain);
      socket.write(LAST_CHUNK);
      onEnd();
    },
    destroy: () => socket.destroy(),
  });
  return session;
}
