import type { Compactor } from "./compaction/compactor.ts";
import type { BodyBudget } from "./http/body.ts";
import type { YjsLogger } from "./logger.ts";
import type { DocumentStates } from "./states.ts";
import type { Upstream } from "./upstream.ts";

/** What every operation works with. */
export interface Context {
  readonly upstream: Upstream;
  readonly states: DocumentStates;
  readonly compactor: Pick<Compactor, "afterAppend">;
  readonly budget: BodyBudget;
  readonly logger: YjsLogger;
}
