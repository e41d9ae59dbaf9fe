import type { Backend } from "./backend.ts";
import type { BodyBudget } from "./http/body.ts";
import type { Lease } from "./lease.ts";
import type { Settings } from "./options.ts";
import type { Orphans } from "./orphans.ts";
import type { Records } from "./records.ts";
import type { Running } from "./running.ts";

/** What every operation works with. */
export interface Context {
  readonly settings: Settings;
  readonly backend: Backend;
  readonly budget: BodyBudget;
  readonly records: Records;
  readonly running: Running;
  readonly lease: Lease;
  readonly orphans: Orphans;
}
