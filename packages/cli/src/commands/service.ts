import { Argument, Command } from "commander";
import { DATA_DIRECTORY } from "../settings/table.ts";

/**
 * `perennial service <action> [id]`: the services of a server, running or not: who may use its streams, and with which secret.
 */
export function serviceCommand(): Command {
  return new Command("service")
    .description("create and change services: streams for which a secret is asked")
    .addArgument(
      new Argument("<action>", "what to do").choices([
        ...["create", "list", "limit", "rotate", "retire", "disable", "enable", "delete", "link", "audit"],
      ]),
    )
    .argument("[id]", "the service")
    .argument("[limits...]", "of limit: writesPerSecond=100 storedBytes=1GiB")
    .option("--data-dir <directory>", "the data directory of the server", `./${DATA_DIRECTORY}`)
    .addHelpText("after", HELP_AFTER)
    .action(
      async (action: string, id: string | undefined, limits: string[], { dataDir }: { dataDir: string }) => {
        const { service } = await import("../serving/service.ts");
        await service(action, id, limits, dataDir);
      },
    );
}

const HELP_AFTER = `
  create    prints a secret, once; the streams are those under /v1/stream/<id>/
  list      shows all services
  limit     says what it may use: writesPerSecond, bytesPerSecond, liveReaders, streams, storedBytes.
            Those that are not named are not limited
  rotate    prints a new secret; the one before stays valid
  retire    ends all secrets but the newest
  disable   refuses its secrets until "enable"
  delete    ends it, and deletes its streams in the background
  link      prints a link that signs in to the Explorer of the running server, to read, for 15 minutes
  audit     shows what was done, and which requests were refused

Once there is a service, every stream needs a secret.`;
