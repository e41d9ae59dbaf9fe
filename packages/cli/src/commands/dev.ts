import { Command } from "commander";

/**
 * `perennial dev`: the server for the desk. It says how to begin, and its log is chatty and easy to read.
 *
 * @param addOptions gives it its flags; the server, where they come from, is loaded only to run it
 */
export function devCommand(addOptions: (command: Command) => void): Command {
  const command = new Command("dev")
    .usage("[options]")
    .description("run the server at your desk, with a short tour and a chatty log");
  addOptions(command);
  return command.action(async (flags: Record<string, unknown>) => {
    const { dev } = await import("../serving/dev.ts");
    await dev(flags);
  });
}
