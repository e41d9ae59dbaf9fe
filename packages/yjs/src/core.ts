/** The provider without a Yjs: its functions are options, so it works with `yjs` 13 and with `@y/y` 14. */
export { encodeFrames, FRAME_BYTES_MAX, FrameDecoder, FrameError } from "./core/framing.ts";
export type { AwarenessLibrary, AwarenessLike, YDoc, YjsLibrary } from "./core/yjs-library.ts";
export { YjsProviderError, type YjsProviderErrorCode } from "./provider/errors.ts";
export type {
  CoreOptions,
  ProviderOptions,
  YjsProviderEvents,
  YjsProviderStatus,
} from "./provider/options.ts";
export { type ConnectOptions, YjsProvider } from "./provider/provider.ts";
export type { TabChannel, TabEnvironment } from "./tabs/environment.ts";
