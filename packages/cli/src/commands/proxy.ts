import { Command } from "commander";
import { byteCount, duration, wholeNumber } from "../arguments/option-values.ts";
import type { ProxyFlags } from "../serving/run-proxy.ts";

/** Where it listens unless told otherwise: the port of the official proxy. */
const PORT = 4440;

/** `perennial proxy`: makes any HTTP response durable, over any Durable Streams server. */
export function proxyCommand(): Command {
  return new Command("proxy")
    .usage("--allow <pattern> [options]")
    .description("keep the answers of other servers, such as model APIs, in streams that clients resume")
    .requiredOption("--allow <pattern...>", "what may be asked, such as https://api.openai.com/**")
    .option("--streams <url>", "origin of the server that keeps the streams", "http://localhost:4437")
    .option("--streams-auth <value>", "Authorization header value for it")
    .option(
      "--secret-file <file>",
      "file with the secret of clients (env: STREAM_PROXY_SECRET); - for standard input",
    )
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("--port <port>", "port to listen on; 0 lets the system choose", wholeNumber("--port"), PORT)
    .option("--public-url <url>", "where clients reach it, if that is somewhere else")
    .option("--trust-proxy", "believe X-Forwarded-Proto and X-Forwarded-Host")
    .option("--private-host <name...>", "names that may lead to addresses of a private network")
    .option("--keep <time>", "how long an answer is kept after its last use (24h)", duration("--keep", "s"))
    .option("--max-response <bytes>", "how long an answer may be (100MiB)", byteCount("--max-response"))
    .option("--cors-origin <origin>", "whose pages may use it (*)")
    .action(async (flags: ProxyFlags) => {
      const { runProxy } = await import("../serving/run-proxy.ts");
      await runProxy(flags);
    });
}
