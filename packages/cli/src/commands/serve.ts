import { Command } from "commander";

/**
 * `perennial serve`: the server for production, with a log on standard error: of JSON lines, or for reading at a terminal.
 *
 * @param addOptions gives it its flags; the server, where they come from, is loaded only to run it
 */
export function serveCommand(addOptions: (command: Command) => void): Command {
  const command = new Command("serve").usage("[options]").description("run the server");
  addOptions(command);
  return command.action(async (flags: Record<string, unknown>) => {
    const { serve } = await import("../serving/serve.ts");
    await serve(flags);
  });
}
