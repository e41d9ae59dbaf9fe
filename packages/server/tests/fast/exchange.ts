/** Bytes sent to a server, and all that came back. */
import { connect } from "node:net";

/** A last request, by which one sees whether the connection was still open for requests. */
export const SENTINEL = "OPTIONS /sentinel HTTP/1.1\r\nHost: localhost\r\n\r\n";

export interface Exchange {
  readonly received: string;
  /** The connection broke while we were sending, and with it what we had not read yet. */
  readonly broken: boolean;
}

/**
 * Sends the bytes, cut into packets, then a sentinel request, then nothing more; resolves to all that the server
 * sent until it closed the connection.
 *
 * @param cuts where to cut; undefined: bytes and sentinel in one packet
 */
export function exchange(
  port: number,
  bytes: string,
  cuts: readonly number[] | undefined,
): Promise<Exchange> {
  const packets = cuts === undefined ? [bytes + SENTINEL] : [...packetsOf(bytes, cuts), SENTINEL];
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    const received: Buffer[] = [];
    let broken = false;
    socket.on("data", (data: Buffer) => received.push(data));
    socket.on("error", () => {
      broken = true;
    });
    socket.on("end", () => socket.end());
    socket.on("close", () => resolve({ received: Buffer.concat(received).toString("latin1"), broken }));
    const send = (index: number): void => {
      const packet = packets[index];
      if (packet === undefined) socket.end();
      else socket.write(packet, "latin1", () => setImmediate(send, index + 1));
    };
    socket.on("connect", () => send(0));
  });
}

function packetsOf(bytes: string, cuts: readonly number[]): readonly string[] {
  const ends = [...cuts, bytes.length];
  return ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
}

/** What may differ between two servers although they answer alike. */
export function normalised(response: string): string {
  return (
    response
      .replace(/^Date: .*\r\n/gm, "")
      // Ids are given out in the order in which pipelined requests are carried out.
      .replace(/"store\.[0-9a-z]+:/g, '"store:')
      .replace(/^(Transfer-Encoding: chunked|Connection: .*|Keep-Alive: .*)\r\n/gim, (line) =>
        line.toLowerCase(),
      )
      .split(/(?=HTTP\/1\.1 \d\d\d )/)
      .map(sortedHead)
      .join("")
  );
}

/** The order of header lines carries no meaning. */
function sortedHead(response: string): string {
  const end = response.indexOf("\r\n\r\n");
  const [status, ...lines] = response.slice(0, end).split("\r\n");
  return [status, ...lines.sort()].join("\r\n") + response.slice(end);
}
