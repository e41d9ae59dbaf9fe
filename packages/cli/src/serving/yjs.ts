/** Yjs documents, beside the streams that hold them. */
import type { createServer, Logger, Mount } from "@perennial/server";
import { YjsServer } from "@perennial/yjs/server";

type Server = ReturnType<typeof createServer>;

export interface YjsService {
  readonly mounts: readonly Mount[];
  /** Says which server it is part of, once there is one. */
  attach(server: Server): void;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** The service under `/v1/yjs/`. */
export function yjsService(logger: Logger): YjsService {
  let streams: Server | undefined;
  const yjs = new YjsServer({
    dsServer: { fetch: (request) => streams!.fetch(request) },
    logger,
  });
  return {
    mounts: [yjs.mount],
    attach: (server) => {
      streams = server;
    },
    stop: () => yjs.stop(),
  };
}
