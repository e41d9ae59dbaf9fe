/** Many plain requests over kept connections, each with one request under way: what a busy proxy sends. */
import { connect } from "node:net";

/** So many that a wait for the disk is shared by many requests. */
const CONNECTIONS = 256;

export interface PlainRequest {
  readonly method: string;
  /** From the origin's root, with its query. */
  readonly target: string;
  readonly body?: string;
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends `count` requests; resolves once all are answered. Rejects at the first answer that is not a success. */
export async function sendAll(
  origin: string,
  count: number,
  make: (index: number) => PlainRequest,
): Promise<void> {
  const { hostname, port } = new URL(origin);
  let sent = 0;
  const next = () => (sent < count ? requestText(make(sent++)) : undefined);
  const connections = Array.from({ length: CONNECTIONS }, () => exchange(hostname, Number(port), next));
  await Promise.all(connections);
}

function requestText({ method, target, body = "", headers = {} }: PlainRequest): string {
  const lines = Object.entries({ "Content-Type": "text/plain", ...headers, "Content-Length": body.length });
  const block = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${block}\r\n${body}`;
}

/** One connection. The answers to PUT and POST have no body, so each is over with its head. */
function exchange(host: string, port: number, next: () => string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    let received = "";
    const send = (): void => {
      const request = next();
      if (request === undefined) socket.end();
      else socket.write(request);
    };
    socket.setEncoding("latin1");
    socket.once("connect", send);
    socket.on("data", (text: string) => {
      received += text;
      if (!received.includes("\r\n\r\n")) return;
      if (!received.startsWith("HTTP/1.1 2")) socket.destroy(new Error(received));
      if (!received.endsWith("\r\n\r\n")) return;
      received = "";
      send();
    });
    socket.once("error", reject);
    socket.once("close", () => resolve());
  });
}
