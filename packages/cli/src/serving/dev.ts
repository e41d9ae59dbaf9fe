import { createDevLogger } from "./dev-logger.ts";
import { runServer } from "./run-server.ts";
import { welcome } from "./welcome.ts";

/** Runs `perennial dev` with what the argument parser found. */
export function dev(flags: Readonly<Record<string, unknown>>): Promise<void> {
  return runServer({
    flags,
    // Whoever tries webhooks out receives them here.
    defaults: { logLevel: "debug", accessLog: true, webhookHosts: "localhost" },
    createLogger: createDevLogger,
    announce: (server, about) => process.stdout.write(welcome(server.url, about)),
  });
}
