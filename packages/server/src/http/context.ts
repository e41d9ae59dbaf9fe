import type { Config } from "../config.ts";
import type { LiveHub } from "../live/hub.ts";
import type { Shard } from "../shard/shard.ts";
import type { Assets } from "./assets.ts";

/** What every operation works with. */
export interface Context {
  readonly config: Config;
  readonly shard: Shard;
  readonly live: LiveHub;
  readonly assets: Assets;
}
