import { Command, Option } from "commander";
import { byteCount } from "../arguments/option-values.ts";
import { DATA_DIRECTORY } from "../settings/table.ts";

/**
 * `perennial backup <directory>`: copies the data of a server, running or not. With `-` the backup goes to standard output
 * instead.
 */
export function backupCommand(): Command {
  return new Command("backup")
    .description("back up a data directory, also of a running server; again: what is new since")
    .argument("<target>", "directory of the backup; - for standard output")
    .option("--data-dir <directory>", "the data directory", `./${DATA_DIRECTORY}`)
    .addOption(
      new Option("--rate <bytes>", "most bytes read a second, such as 20MiB").argParser(byteCount("--rate")),
    )
    .action(async (target: string, options: { dataDir: string; rate?: number }) => {
      const { backup } = await import("../serving/backup.ts");
      await backup(target, options);
    });
}

/** `perennial restore <backup> <directory>`: makes a data directory of a backup. */
export function restoreCommand(): Command {
  return new Command("restore")
    .description("make a data directory of a backup")
    .argument("<backup>", "directory of the backup; - for standard input")
    .argument("<directory>", "the new data directory, which must be empty or not exist")
    .action(async (source: string, directory: string) => {
      const { restore } = await import("../serving/backup.ts");
      await restore(source, directory);
    });
}
