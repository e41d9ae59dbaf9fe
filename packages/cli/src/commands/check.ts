import { Command } from "commander";

/**
 * `perennial check <directory>`: verifies the data of a server that is not running. Exits with 0 when all is well.
 */
export function checkCommand(): Command {
  return new Command("check")
    .description("verify a data directory")
    .argument("<directory>")
    .action(async (directory: string) => {
      const { check } = await import("../serving/check.ts");
      await check(directory);
    });
}
