/** A webhook on this machine: it keeps what it gets, and answers as it is told. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A stream of a subscription, as the server shows it. */
export interface ShownStream {
  readonly path: string;
  readonly link_type: string;
  readonly acked_offset: string;
  readonly tail_offset: string;
  readonly has_pending: boolean;
}

export interface Notification {
  readonly body: {
    readonly subscription_id: string;
    readonly wake_id: string;
    readonly generation: number;
    readonly streams: readonly ShownStream[];
    readonly callback_url: string;
    readonly callback_token: string;
  };
  readonly raw: string;
  readonly signature: string;
}

export interface HookAnswer {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class WebhookReceiver {
  readonly got: Notification[] = [];
  answer: (notification: Notification) => HookAnswer | Promise<HookAnswer> = () => ({ body: "{}" });
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", async (request, response) => {
      let raw = "";
      for await (const part of request) raw += String(part);
      const signature = String(request.headers["webhook-signature"]);
      const notification = { body: JSON.parse(raw) as Notification["body"], raw, signature };
      this.got.push(notification);
      const { status = 200, body = "", headers = {} } = await this.answer(notification);
      response.writeHead(status, headers).end(body);
    });
  }

  static async open(): Promise<WebhookReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new WebhookReceiver(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** The notification of that number, from 0, once it is there. */
  async next(index: number): Promise<Notification> {
    while (this.got.length <= index) await delay(10);
    return this.got[index]!;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
