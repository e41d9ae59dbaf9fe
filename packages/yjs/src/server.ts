export { type CompactionResult, Compactor, type CompactorOptions } from "./server/compaction/compactor.ts";
export type { YjsIndexEntry } from "./server/index-stream.ts";
export type { YjsLogger } from "./server/logger.ts";
export type { YjsServerOptions } from "./server/options.ts";
export { YjsStreamPaths } from "./server/paths.ts";
export type { YjsDocumentState } from "./server/states.ts";
export type { FetchServer } from "./server/upstream.ts";
export { type YjsMount, YjsServer } from "./server/yjs-server.ts";

import { HEADER } from "./core/headers.ts";
import type { YjsDocumentState } from "./server/states.ts";

/** A document by its name, and what is remembered of it. */
export interface YjsDocument {
  readonly service: string;
  readonly docPath: string;
  readonly state: YjsDocumentState;
}

/** Headers that readers of documents need, in the lower case of the official package. */
export const YJS_HEADERS = {
  STREAM_NEXT_OFFSET: HEADER.streamNextOffset.toLowerCase(),
  STREAM_UP_TO_DATE: HEADER.streamUpToDate.toLowerCase(),
  STREAM_CURSOR: HEADER.streamCursor.toLowerCase(),
} as const;
