import { useEffect, useState } from "react";
import { newId, treeOf, trunkOf } from "../shared/branch.ts";

/** What a window shows: the address after its `#` is `tree/branch,branch`. */
export interface Place {
  readonly treeId: string;
  /** The branches that are open, from left to right; at least one. */
  readonly open: readonly string[];
}

/** Each has a connection while it is written, and browsers give a page six where there is no HTTP/2. */
export const OPEN_MAX = 4;

/** The place that an address names; without one, a new tree. */
export function placeOf(hash: string): Place {
  const [, treeId = newId(), branches = ""] = /^#([A-Za-z0-9]{8})(?:\/([\w,-]*))?$/.exec(hash) ?? [];
  const named = branches
    .split(",")
    .map((branch) => `${treeId}-${branch}`)
    .filter((id) => treeOf(id) === treeId);
  const open = [...new Set(named)].slice(0, OPEN_MAX);
  return { treeId, open: open.length > 0 ? open : [trunkOf(treeId).id] };
}

function hashOf({ treeId, open }: Place): string {
  return `#${treeId}/${open.map((id) => id.slice(treeId.length + 1)).join(",")}`;
}

/** Opens branches to the right of another one. Those that have no room any more are closed, the ones far left first. */
export function withOpen(place: Place, ids: readonly string[], rightOf?: string): Place {
  const rest = place.open.filter((id) => !ids.includes(id));
  const at = rightOf === undefined ? -1 : rest.indexOf(rightOf);
  const all = at === -1 ? [...rest, ...ids] : [...rest.slice(0, at + 1), ...ids, ...rest.slice(at + 1)];
  const keep = new Set([...ids, ...(rightOf === undefined ? [] : [rightOf])]);
  while (all.length > OPEN_MAX) {
    const victim = all.findIndex((id) => !keep.has(id));
    all.splice(Math.max(victim, 0), 1);
  }
  return { ...place, open: all };
}

export function withClosed(place: Place, id: string): Place {
  const open = place.open.filter((other) => other !== id);
  return { ...place, open: open.length > 0 ? open : [trunkOf(place.treeId).id] };
}

/** The window's place, kept in its address: whoever has the link, or reloads, is there again. */
export function usePlace(): [Place, (place: Place) => void] {
  const [place, setPlace] = useState(() => placeOf(window.location.hash));
  useEffect(() => {
    if (window.location.hash !== hashOf(place)) window.history.replaceState(null, "", hashOf(place));
    const follow = () => setPlace(placeOf(window.location.hash));
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, [place]);
  return [place, setPlace];
}
