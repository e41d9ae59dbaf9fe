import { Command } from "commander";
import { createDevLogger } from "../serving/dev-logger.ts";
import { runServer } from "../serving/run-server.ts";
import { welcome } from "../serving/welcome.ts";
import { addSettingOptions } from "../settings/options.ts";

/** `perennial dev`: the server for the desk. It says how to begin, and its log is chatty and easy to read. */
export function devCommand(): Command {
  const command = new Command("dev").description(
    "run the server at your desk, with a short tour and a chatty log",
  );
  addSettingOptions(command);
  return command.action((flags: Record<string, unknown>) =>
    runServer({
      flags,
      defaults: { logLevel: "debug", accessLog: true },
      createLogger: createDevLogger,
      announce: (server, { storage }) => process.stdout.write(welcome(server.url, storage)),
    }),
  );
}
