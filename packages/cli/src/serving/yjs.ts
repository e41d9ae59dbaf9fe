/** Yjs documents, beside the streams that hold them. */
import type { Logger, Mount } from "@perennial/server";
import { YjsServer } from "@perennial/yjs/server";

export interface YjsService {
  readonly mounts: readonly Mount[];
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** Streams are reached once the server that it is mounted in says how. */
const NOT_YET = { fetch: () => Promise.reject(new Error("the server is not open yet")) };

/** The service under `/v1/yjs/`. */
export function yjsService(logger: Logger): YjsService {
  const yjs = new YjsServer({ dsServer: NOT_YET, logger });
  return { mounts: [yjs.mount], stop: () => yjs.stop() };
}
