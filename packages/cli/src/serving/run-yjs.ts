/** What `perennial yjs` does. */
import { YjsServer } from "@perennial/yjs/server";
import { failure, usageFailure } from "../failure.ts";
import { createDevLogger } from "./dev-logger.ts";
import { stopSignal } from "./signals.ts";

export interface YjsFlags {
  readonly upstream: string;
  readonly upstreamAuth?: string;
  readonly host: string;
  readonly port: number;
}

/** Runs until SIGINT or SIGTERM. Throws `Failure` if it cannot listen, a usage failure for what is no origin. */
export async function runYjs({ upstream, upstreamAuth, host, port }: YjsFlags): Promise<void> {
  if (!URL.canParse(upstream) || !/^https?:$/.test(new URL(upstream).protocol))
    throw usageFailure(`--upstream must be an address such as http://localhost:4437, not ${upstream}`);
  const logger = createDevLogger("info");
  const yjs = new YjsServer({
    ...{ host, port, logger, dsServerUrl: upstream },
    ...(upstreamAuth !== undefined && { dsServerHeaders: { authorization: upstreamAuth } }),
  });
  const stopped = stopSignal();
  const url = await yjs.start().catch((error: Error) => {
    throw failure(`cannot listen: ${error.message}`);
  });
  logger.info({ url, upstream }, "listening");
  const { signal, passed } = await stopped;
  logger.info({ signal }, "stopping");
  await yjs.stop();
  await passed;
}
