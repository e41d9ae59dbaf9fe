import { createLogger } from "@perennial/server";
import { runServer } from "./run-server.ts";

/** Runs `perennial serve` with what the argument parser found. */
export function serve(flags: Readonly<Record<string, unknown>>): Promise<void> {
  return runServer({
    flags,
    defaults: { logLevel: "info", accessLog: false },
    createLogger,
    announce: (server, { logger }) => logger.info({ url: server.url }, "listening"),
  });
}
