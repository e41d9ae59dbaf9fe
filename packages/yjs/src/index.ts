import * as awarenessProtocol from "y-protocols/awareness";
import * as Y from "yjs";
import type { ProviderOptions } from "./provider/options.ts";
import { YjsProvider as CoreProvider } from "./provider/provider.ts";

export { YjsProviderError, type YjsProviderErrorCode } from "./provider/errors.ts";
export type { YjsProviderEvents, YjsProviderStatus } from "./provider/options.ts";
export type { ConnectOptions } from "./provider/provider.ts";

/** How often a peer says that it is still there, ms: `y-protocols` renews each state after that long. */
export const AWARENESS_HEARTBEAT_INTERVAL = 15_000;

/** Options of `YjsProvider`. */
export type YjsProviderOptions = ProviderOptions<Y.Doc, awarenessProtocol.Awareness>;

/**
 * Keeps a document of `yjs` 13 in step with one in a durable stream. For `@y/y` 14 see `@perennial/yjs/core`.
 *
 * @example
 * ```ts
 * import { YjsProvider } from "@perennial/yjs";
 * import * as Y from "yjs";
 * const doc = new Y.Doc();
 * const provider = new YjsProvider({ doc, baseUrl: "https://example.com/v1/yjs/my-service", docId: "notes" });
 * provider.on("synced", (synced) => console.log(synced));
 * ```
 */
export class YjsProvider extends CoreProvider<Y.Doc, awarenessProtocol.Awareness> {
  constructor(options: YjsProviderOptions) {
    super({ yjs: Y, awarenessProtocol, ...options });
  }
}
