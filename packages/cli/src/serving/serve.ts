import { createDevLogger } from "./dev-logger.ts";
import { runServer } from "./run-server.ts";
import { greeting } from "./welcome.ts";

/**
 * Runs `perennial serve` with what the argument parser found. At a terminal it speaks to a person; when standard error goes
 * elsewhere, every line of it is JSON.
 */
export function serve(flags: Readonly<Record<string, unknown>>): Promise<void> {
  return runServer({
    flags,
    defaults: { logLevel: "info", accessLog: false },
    createLogger: createDevLogger,
    announce: (server, about) => {
      if (process.stderr.isTTY) process.stderr.write(greeting(server.url, about));
      else about.logger.info({ url: server.url }, "listening");
    },
  });
}
