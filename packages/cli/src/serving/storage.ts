/** Where the server keeps its streams, by the settings. */
import { resolve } from "node:path";
import { type LocalDurability, type Logger, openLocalLog, type ServerOptions } from "@perennial/server";
import type { GivenSettings } from "../settings/resolve.ts";
import { DATA_DIRECTORY, type DURABILITIES } from "../settings/table.ts";

type Durability = (typeof DURABILITIES)[number];

export interface Storage {
  /** What the server takes. */
  readonly options: Pick<ServerOptions, "log">;
  /** For people: where the data is, and how well it is kept. */
  readonly description: string;
  /** Undefined: in memory. */
  readonly directory: string | undefined;
}

/** What an acknowledged append has survived, once it is acknowledged. */
const PROMISES: Readonly<Record<LocalDurability, string>> = {
  fsync: "every acknowledged append is on disk",
  os: "acknowledged appends survive the process; a power cut may take the last ones",
};

/** The log that the settings ask for. Nothing is opened before the server starts. */
export function storageOf(settings: GivenSettings, logger: Logger): Storage {
  const durability: Durability = settings.get("memory")
    ? "memory"
    : (settings.get("durability") as Durability);
  if (durability === "memory")
    return { options: {}, description: "in memory, gone when the server stops", directory: undefined };
  const directory = resolve((settings.get("dataDir") as string | undefined) ?? DATA_DIRECTORY);
  return {
    options: {
      log: () =>
        openLocalLog({
          directory,
          durability,
          scrub: settings.get("scrub") !== false,
          acceptLoss: settings.get("acceptLoss") === true,
          report: (what, cause) => logger.error({ err: cause }, `trouble with the disk: ${what}`),
        }),
    },
    directory,
    description: `${directory} (${PROMISES[durability]})`,
  };
}
