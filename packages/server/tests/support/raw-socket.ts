/** A TCP connection on which tests say exactly what they mean, well-formed or not. */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { TEST_IDENTITY } from "./tls-identity.ts";

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export class RawSocket {
  readonly socket: Socket;
  received = "";
  isClosed = false;
  #changed: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.received += text;
      this.#changed();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
      this.#changed();
    });
  }

  static open(origin: string): Promise<RawSocket> {
    const { protocol, hostname, port } = new URL(origin);
    return new Promise((resolve, reject) => {
      const onOpen = (): void => resolve(new RawSocket(socket));
      const socket: Socket =
        protocol === "https:"
          ? connectTls({ port: Number(port), host: hostname, ca: TEST_IDENTITY.cert }, onOpen)
          : connect(Number(port), hostname, onOpen);
      socket.once("error", reject);
    });
  }

  /** On a plain connection that is being made. */
  static over(socket: Socket): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      socket.once("connect", () => resolve(new RawSocket(socket)));
      socket.once("error", reject);
    });
  }

  /** Writes text, a byte per character. */
  write(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Resolves once `reached` holds, or the connection is closed. */
  async until(reached: (received: string) => boolean): Promise<void> {
    while (!reached(this.received) && !this.isClosed) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  async closed(): Promise<void> {
    await this.until(() => false);
  }

  /** The first answer, once its head and announced body are complete. */
  async answer(): Promise<RawAnswer> {
    await this.until(isComplete);
    const end = this.received.indexOf("\r\n\r\n");
    const head = this.received.slice(0, end);
    const match = /^HTTP\/1\.1 (\d{3}) /.exec(head);
    if (match === null) throw new Error(`no answer: ${JSON.stringify(this.received)}`);
    return { status: Number(match[1]), head, body: this.received.slice(end + 4) };
  }

  destroy(): void {
    this.socket.destroy();
  }
}

function isComplete(received: string): boolean {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /^content-length: *(\d+)/im.exec(received.slice(0, end));
  return received.length >= end + 4 + Number(length?.[1] ?? 0);
}

/** Sends one request, as written, and returns its answer. */
export async function rawRequest(origin: string, text: string): Promise<RawAnswer> {
  const raw = await RawSocket.open(origin);
  try {
    raw.write(text);
    return await raw.answer();
  } finally {
    raw.destroy();
  }
}
