import type { Wall } from "@perennial/protocol";
import type { Config } from "../config.ts";
import type { LiveHub } from "../live/hub.ts";
import type { AllStreams } from "../shard/streams.ts";
import type { OpenSubscriptions } from "../subscription/open-subscriptions.ts";
import type { KnownServices } from "./access/scope.ts";
import type { Assets } from "./assets.ts";
import type { HeldBack } from "./limits/held-back.ts";
import type { StreamRoot } from "./stream-roots.ts";

/** What every operation works with. */
export interface Context {
  readonly config: Config;
  readonly wall: Wall;
  /** The same, for a server that asks for credentials: whatever name it is called by. */
  readonly guardedWall: Wall;
  readonly services: KnownServices;
  readonly streams: AllStreams;
  readonly heldBack: HeldBack;
  readonly live: LiveHub;
  readonly subscriptions: Pick<OpenSubscriptions, "subscriptions" | "workers">;
  /** Whether requests come from a mount, which writes its streams. */
  readonly isInside: boolean;
  readonly assets: Assets;
  /** Besides the standard one. */
  readonly roots: readonly StreamRoot[];
}
