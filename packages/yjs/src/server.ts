export { type CompactionResult, Compactor, type CompactorOptions } from "./server/compaction/compactor.ts";
export type { YjsIndexEntry } from "./server/index-stream.ts";
export type { YjsLogger } from "./server/logger.ts";
export { YjsStreamPaths } from "./server/paths.ts";
export type { YjsDocumentState } from "./server/states.ts";
export type { FetchServer } from "./server/upstream.ts";
export { type YjsMount, YjsServer, type YjsServerOptions } from "./server/yjs-server.ts";

import type { YjsDocumentState } from "./server/states.ts";

/** A document by its name, and what is remembered of it. */
export interface YjsDocument {
  readonly service: string;
  readonly docPath: string;
  readonly state: YjsDocumentState;
}

/** Headers that readers of documents need. */
export const YJS_HEADERS = {
  STREAM_NEXT_OFFSET: "stream-next-offset",
  STREAM_UP_TO_DATE: "stream-up-to-date",
  STREAM_CURSOR: "stream-cursor",
} as const;
