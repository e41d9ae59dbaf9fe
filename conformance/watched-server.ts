import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A way to a server on which one sees who reads. */
export class WatchedServer {
  readonly #proxy: Server;
  readonly #readers = new Map<string, () => void>();

  private constructor(target: string) {
    this.#proxy = createServer((incoming, outgoing) => {
      const { method, url = "", headers } = incoming;
      const address = new URL(url, target);
      const begun = () => method === "GET" && this.#readers.get(address.pathname)?.();
      const forwarded = request(address, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
        answer.pipe(outgoing);
        begun();
      });
      // A poll that waits is answered only later.
      if (address.searchParams.get("live") === "long-poll") forwarded.on("finish", begun);
      forwarded.on("error", () => outgoing.destroy());
      outgoing.on("close", () => forwarded.destroy());
      incoming.pipe(forwarded);
    });
  }

  static async start(target: string): Promise<WatchedServer> {
    const watched = new WatchedServer(target);
    watched.#proxy.listen(0, "127.0.0.1");
    await once(watched.#proxy, "listening");
    return watched;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`;
  }

  /** Resolves when the server has begun to answer a read of this path, or lets one wait. Ask before it is read. */
  whenRead(path: string): Promise<void> {
    return new Promise((resolve) => {
      this.#readers.set(path, resolve);
    });
  }

  stop(): void {
    this.#proxy.closeAllConnections();
    this.#proxy.close();
  }
}
