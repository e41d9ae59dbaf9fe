/** What each service may have of what there is for all: a quarter, so that none of them can leave the others nothing. */
import { STREAM_ROOT } from "@perennial/protocol";
import type { Store } from "./store.ts";

const PARTS = 4;

/** What one scope may have: all of it where there are no services. */
export function shareOf(scope: string, all: number): number {
  return scope === `${STREAM_ROOT}/` ? all : Math.ceil(all / PARTS);
}

/** Whether so many more links find room. */
export function hasLinkRoom(store: Store, all: number, scope: string, more: number): boolean {
  return store.links + more <= all && store.linksWithin(scope) + more <= shareOf(scope, all);
}
