/** What `perennial proxy` does. */
import { readFileSync } from "node:fs";
import { createProxyServer, type ProxyServerOptions } from "@perennial/proxy";
import { failure, usageFailure } from "../failure.ts";
import { createDevLogger } from "./dev-logger.ts";
import { stopSignal } from "./signals.ts";

export interface ProxyFlags {
  readonly allow: readonly string[];
  readonly streams: string;
  readonly streamsAuth?: string;
  readonly secretFile?: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
  readonly trustProxy?: boolean;
  readonly privateHost?: readonly string[];
  /** Ms. */
  readonly keep?: number;
  readonly maxResponse?: number;
  readonly corsOrigin?: string;
}

/** Runs until SIGINT or SIGTERM. Throws `Failure` if it cannot listen, a usage failure for a flag that is no good. */
export async function runProxy(flags: ProxyFlags): Promise<void> {
  const logger = createDevLogger("info");
  const stopped = stopSignal();
  const proxy = await createProxyServer({ ...optionsOf(flags), logger }).catch((error: Error) => {
    throw error instanceof TypeError
      ? usageFailure(
          error.message.replace("durableStreamsUrl", "--streams").replace("publicUrl", "--public-url"),
        )
      : failure(`cannot listen: ${error.message}`);
  });
  logger.info({ url: proxy.url, streams: flags.streams }, "listening");
  const { signal, passed } = await stopped;
  logger.info({ signal }, "stopping");
  await proxy.stop();
  await passed;
}

function optionsOf(flags: ProxyFlags): ProxyServerOptions {
  const { allow, streams, streamsAuth, host, port, keep } = flags;
  return {
    ...{ host, port, allowlist: allow, durableStreamsUrl: streams, jwtSecret: secretOf(flags) },
    ...(streamsAuth !== undefined && { durableStreamsHeaders: { authorization: streamsAuth } }),
    ...(keep !== undefined && { streamTtlSeconds: Math.max(1, Math.round(keep / 1000)) }),
    maxResponseBytes: flags.maxResponse,
    publicUrl: flags.publicUrl,
    trustProxy: flags.trustProxy,
    privateHosts: flags.privateHost,
    corsOrigin: flags.corsOrigin,
  };
}

/** Never a flag: those show in lists of processes. */
function secretOf({ secretFile }: ProxyFlags): string {
  if (secretFile === undefined) {
    const secret = process.env.STREAM_PROXY_SECRET?.trim();
    if (secret) return secret;
    throw usageFailure(
      "a secret is needed, which clients then show: set STREAM_PROXY_SECRET, or --secret-file",
    );
  }
  try {
    const secret = readFileSync(secretFile === "-" ? 0 : secretFile, "utf8").trim();
    if (secret !== "") return secret;
  } catch (error) {
    throw usageFailure(`--secret-file ${secretFile} cannot be read: ${(error as Error).message}`);
  }
  throw usageFailure(`--secret-file ${secretFile} is empty`);
}
