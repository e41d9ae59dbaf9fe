import type { DurableStreamTarget as Target } from "@perennial/ai";

/** The stream that is written to. `fetchClient` is the official package's name for `fetch`. */
export interface DurableStreamTarget extends Target {
  /** Used instead of the global `fetch`: for a server that is reached otherwise, say. */
  readonly fetchClient?: typeof globalThis.fetch | undefined;
}

/** The stream of a session. */
export type DurableChatSessionStreamTarget = Pick<
  DurableStreamTarget,
  "writeUrl" | "headers" | "createIfMissing" | "fetchClient"
>;
