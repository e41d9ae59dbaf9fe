/**
 * Says whether the app is in the background. Live requests pause while it is.
 *
 * @example
 * ```ts
 * import type { VisibilitySource } from "@perennial/client";
 * // React Native: const state = AppState; here a stand-in.
 * const state = { currentState: "active", listen: (_changed: () => void) => () => {} };
 * const visibility: VisibilitySource = {
 *   get hidden() {
 *     return state.currentState !== "active";
 *   },
 *   subscribe: (changed) => state.listen(changed),
 * };
 * ```
 */
export interface VisibilitySource {
  /** Whether the app is in the background now. */
  readonly hidden: boolean;
  /** Calls `changed` whenever `hidden` may have changed, until the returned function is called. */
  subscribe(changed: () => void): () => void;
}

/** The page's visibility, where there is a page; `undefined` in servers and workers. */
export function pageVisibility(): VisibilitySource | undefined {
  const page = globalThis.document as Document | undefined;
  if (typeof page?.hidden !== "boolean" || !page.addEventListener) return undefined;
  return {
    get hidden() {
      return page.hidden;
    },
    subscribe(changed) {
      page.addEventListener("visibilitychange", changed);
      return () => page.removeEventListener("visibilitychange", changed);
    },
  };
}
