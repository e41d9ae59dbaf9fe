import { createLogger } from "@perennial/server";
import { Command } from "commander";
import { runServer } from "../serving/run-server.ts";
import { addSettingOptions } from "../settings/options.ts";

/** `perennial serve`: the server for production, with a log of JSON lines on standard error. */
export function serveCommand(): Command {
  const command = new Command("serve").description("run the server");
  addSettingOptions(command);
  return command.action((flags: Record<string, unknown>) =>
    runServer({
      flags,
      defaults: { logLevel: "info", accessLog: false },
      createLogger,
      announce: (server, { logger }) => logger.info({ url: server.url }, "listening"),
    }),
  );
}
