import type { Archive } from "./contract.ts";

/** The archive of a log that keeps every stream in memory. */
export const EMPTY_ARCHIVE: Archive = {
  byPath: () => undefined,
  byId: () => undefined,
  paths: () => [],
  due: () => [],
  release: () => false,
};
