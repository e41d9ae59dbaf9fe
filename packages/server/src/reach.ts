/** Whether a server may listen where it is told to. */
import { hostName, isLocalName } from "@perennial/protocol";
import { type Config, ConfigError } from "./config.ts";

/** Throws if the server would listen for others although it asks nobody for credentials, or not ask for those that it has. */
export function checkReach({ auth, host }: Config, isGuarded: boolean): void {
  if (!auth && isGuarded)
    throw new ConfigError(
      "auth: false cannot be: this server has services, whose streams need their secrets",
    );
  if (auth && !isGuarded && !isLocalName(hostName(host)))
    throw new ConfigError(
      `host ${host} lets other machines read, write and delete all streams, since nobody needs credentials here: ` +
        "create a service, or say with auth: false that this is meant",
    );
}
