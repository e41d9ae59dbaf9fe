/** What accepts the connections of a door. */
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Config } from "../../config.ts";

/**
 * Accepts plain connections or, where the server has a certificate, TLS ones: `onConnection` gets these once they are
 * secure, and reads and writes them alike. Half-closed connections are left to it, as node:http would have them.
 */
export function createListener(config: Config, onConnection: (socket: Socket) => void): Server {
  const options = { allowHalfOpen: true, noDelay: true };
  if (config.tls === undefined) return createServer(options, onConnection);
  const server = createTlsServer({ ...options, ...tlsOptions(config) }, onConnection);
  return server.on("tlsClientError", (_error, socket) => socket.destroy());
}

/** The identity and, for a client that does not get on with the handshake, the time of a header block. */
export function tlsOptions({ tls, headerTimeoutMs }: Config) {
  return { ...tls, ALPNProtocols: ["http/1.1"], handshakeTimeout: headerTimeoutMs };
}
