import type { AddressInfo, Server } from "node:net";
import type { Config } from "../../config.ts";
import { limitConnections } from "../limits/connection-limit.ts";
import type { HeldConnection } from "../limits/idle-search.ts";

/**
 * Starts to listen where the configuration says. Rejects when the address is taken or not ours.
 *
 * @param held the connections of the door
 */
export function listen(
  server: Server,
  config: Config,
  held: () => Iterable<HeldConnection>,
): Promise<AddressInfo> {
  const { host, port } = config;
  limitConnections(server, config, held);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve(server.address() as AddressInfo);
    });
  });
}
