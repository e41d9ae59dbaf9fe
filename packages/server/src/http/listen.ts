import type { AddressInfo, Server } from "node:net";
import type { Config } from "../config.ts";

/** Starts to listen where the configuration says. Rejects when the address is taken or not ours. */
export function listen(server: Server, { host, port }: Config): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve(server.address() as AddressInfo);
    });
  });
}
