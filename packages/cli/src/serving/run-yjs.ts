/** What `perennial yjs` does. */
import { type YjsLogger, YjsServer } from "@perennial/yjs/server";
import { failure, usageFailure } from "../failure.ts";
import { createDevLogger } from "./dev-logger.ts";
import { stopSignal } from "./signals.ts";

export interface YjsFlags {
  readonly upstream: string;
  readonly upstreamAuth?: string;
  readonly host: string;
  readonly port: number;
  /** Whether clients show credentials of their own to that server. */
  readonly clientAuth?: boolean;
  /** False: other machines, names and pages may use it. */
  readonly auth: boolean;
  readonly publicUrl?: string;
  readonly corsOrigin?: string;
}

/** Runs until SIGINT or SIGTERM. Throws `Failure` if it cannot listen, a usage failure for what is no origin. */
export async function runYjs(flags: YjsFlags): Promise<void> {
  const { upstream } = flags;
  if (!URL.canParse(upstream) || !/^https?:$/.test(new URL(upstream).protocol))
    throw usageFailure(`--upstream must be an address such as http://localhost:4437, not ${upstream}`);
  const logger = createDevLogger("info");
  const yjs = yjsServer(flags, logger);
  const stopped = stopSignal();
  const url = await yjs.start().catch((error: Error) => {
    throw error instanceof TypeError
      ? usageFailure(inFlags(error.message))
      : failure(`cannot listen: ${error.message}`);
  });
  logger.info({ url, upstream }, "listening");
  const { signal, passed } = await stopped;
  logger.info({ signal }, "stopping");
  await yjs.stop();
  await passed;
}

function yjsServer(flags: YjsFlags, logger: YjsLogger): YjsServer {
  const { upstream, upstreamAuth, host, port, clientAuth, auth, publicUrl, corsOrigin } = flags;
  try {
    return new YjsServer({
      ...{ host, port, logger, clientAuth, auth, publicUrl, corsOrigin, dsServerUrl: upstream },
      ...(upstreamAuth !== undefined && { dsServerHeaders: { authorization: upstreamAuth } }),
    });
  } catch (error) {
    throw usageFailure(inFlags((error as Error).message));
  }
}

function inFlags(message: string): string {
  return message
    .replace(/^host /, "--host ")
    .replace("corsOrigin", "--cors-origin")
    .replace("clientAuth", "--client-auth")
    .replace("auth: false", "--no-auth");
}
