import type { HeadersRecord, ParamsRecord } from "@perennial/client";
import type { AwarenessLibrary, AwarenessLike, YDoc, YjsLibrary } from "../core/yjs-library.ts";
import type { TabEnvironment } from "../tabs/environment.ts";

/** Options of a provider, whatever Yjs it is for. */
export interface ProviderOptions<Doc extends YDoc = YDoc, Awareness extends AwarenessLike = AwarenessLike> {
  /** The document to keep in step with the server. */
  doc: Doc;
  /** Where the service is, such as `https://example.com/v1/yjs/my-service`. */
  baseUrl: string;
  /** Which document: letters, digits, `_`, `-` and `/`, at most 256. */
  docId: string;
  /** Shares who is there, with their cursors. Default: nobody is told. */
  awareness?: Awareness | undefined;
  /** Sent with every request. A function is called for each, so a short-lived token is never stale. */
  headers?: HeadersRecord | undefined;
  /** Added to every request's query. */
  params?: ParamsRecord | undefined;
  /** Used instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** How to wait for what others do, in the document and in presence. Default `sse`. */
  liveMode?: "sse" | "long-poll" | undefined;
  /** Whether to connect at once. Default true. */
  connect?: boolean | undefined;
  /** Whether a document that is not there is created. Default true, unless `readOnly`. */
  createIfMissing?: boolean | undefined;
  /** Never write to the document: what is changed locally stays local. Presence is shared all the same. Default false. */
  readOnly?: boolean | undefined;
  /** Let each tab of a browser have a connection of its own. Default false: tabs of one document share one. */
  disableBc?: boolean | undefined;
  /** The longest wait between two attempts to reach the server, ms. Default 5000. */
  maxBackoffTime?: number | undefined;
  /**
   * What the event `status` brings: the status itself, or `{ status }`, as y-websocket has it and Lexical expects it. Default
   * `text`.
   */
  statusEvents?: "text" | "object" | undefined;
}

/** What the core needs besides: the functions of the Yjs in use. */
export interface CoreOptions<Doc extends YDoc, Awareness extends AwarenessLike>
  extends ProviderOptions<Doc, Awareness> {
  /** `import * as Y from "yjs"` or from `@y/y`. */
  yjs: YjsLibrary;
  /** `import * as awareness from "y-protocols/awareness"` or from `@y/protocols/awareness`. Needed for `awareness`. */
  awarenessProtocol?: AwarenessLibrary | undefined;
  /** Locks and channels between tabs. Default: the browser's. */
  tabs?: TabEnvironment | undefined;
}

/** Whether it is connected. */
export type YjsProviderStatus = "disconnected" | "connecting" | "connected";

/** What listeners get. */
export interface YjsProviderEvents {
  /** Whether all that the server has is here, and all that was changed here is there. */
  synced: (synced: boolean) => void;
  /** The same, under the name that y-websocket gave it. */
  sync: (synced: boolean) => void;
  /** See `statusEvents`. */
  status: (status: YjsProviderStatus) => void;
  error: (error: Error) => void;
  /** How many local changes the server has not confirmed. */
  unsyncedChanges: (changes: number) => void;
}
