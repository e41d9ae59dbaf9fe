export { createAbortFn, createDurableFetch } from "./client/durable-fetch.ts";
export type {
  DurableFetch,
  DurableFetchOptions,
  DurableFetchRequestOptions,
  DurableResponse,
} from "./client/options.ts";
export {
  createStorageKey,
  type DurableStorage,
  extractExpiresFromUrl,
  extractStreamIdFromUrl,
  getDefaultStorage,
  isUrlExpired,
  loadCredentials,
  MemoryStorage,
  removeCredentials,
  type StreamCredentials,
  saveCredentials,
} from "./client/storage.ts";
export { ResponseIncompleteError } from "./core/whole-body.ts";
export type { Outcome } from "./core/words.ts";
