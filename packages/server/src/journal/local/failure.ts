import type { LogFailure } from "../contract/index.ts";

/** Errors of the system that go away when somebody makes room. */
const NO_ROOM = new Set(["ENOSPC", "EDQUOT"]);

/** What a failed write means for the log. */
export function failureOf(cause: unknown): LogFailure {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const code = String((error as NodeJS.ErrnoException).code);
  // LMDB reports the system's number in its message only.
  const full = NO_ROOM.has(code) || /no space left on device|MDB_MAP_FULL/i.test(error.message);
  return { kind: full ? "full" : "failed", cause: error };
}

/** Tells those who waited for the durability of a record that it was lost. */
export class RecordsLost extends Error {
  override readonly name = "RecordsLost";
}
