import { Command } from "commander";
import { wholeNumber } from "../arguments/option-values.ts";
import type { YjsFlags } from "../serving/run-yjs.ts";

/** Where it listens unless told otherwise: next to the port of streams. */
const PORT = 4438;

/** `perennial yjs`: Yjs documents, over any Durable Streams server. */
export function yjsCommand(): Command {
  return new Command("yjs")
    .usage("--upstream <url> [options]")
    .description("serve Yjs documents that live in the streams of another server")
    .requiredOption("--upstream <url>", "origin of that server, such as http://localhost:4437")
    .option("--upstream-auth <value>", "Authorization header value for it")
    .option(
      "--client-auth",
      "clients show it their own secrets or tokens; --upstream-auth is for snapshots alone",
    )
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <port>", "port to listen on; 0 lets the system choose", wholeNumber("--port"), PORT)
    .option("--public-url <url>", "origin under which clients reach it")
    .option(
      "--cors-origin <list>",
      "origins whose pages may use it, with commas, or * (default: those of localhost)",
    )
    .option("--no-auth", "let other machines, names and web pages use it")
    .action(async (flags: YjsFlags) => {
      const { runYjs } = await import("../serving/run-yjs.ts");
      await runYjs(flags);
    });
}
