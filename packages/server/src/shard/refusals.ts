import type { LogHealth } from "../journal/contract/index.ts";
import type { Rejection } from "../stream/rejections.ts";

const REFUSALS = { full: "storage-full", "read-only": "storage-failed", "not-owner": "not-owner" } as const;

/** What writers are told while the log takes nothing. Undefined: it takes all. */
export function refusalOf(health: LogHealth): Rejection | undefined {
  return health === "ok" ? undefined : { kind: REFUSALS[health] };
}
