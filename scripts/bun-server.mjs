/** The server's fetch handler under Bun, on a port of the system's choice. Prints the origin. */
/* global Bun */
import { createServer } from "@perennial/server";

const server = createServer();
const listener = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0, // live reads have silences of their own
  fetch: (request) => server.fetch(request),
});
console.log(listener.url.origin);
process.once("SIGTERM", async () => {
  await server.stop();
  process.exit(0);
});
