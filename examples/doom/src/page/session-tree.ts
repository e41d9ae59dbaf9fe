/**
 * The sessions as a tree: each fork below what it was forked from, the latest first. It has an end: a name has one parent, so what
 * is below a root is no circle.
 */
import { RATE } from "../../shared/engine/doom.ts";
import { type SessionEntry, titleOf } from "../../shared/sessions.ts";
import { element } from "./dom.ts";

const MAX_ROOTS = 12;

/** @param current - the session that is open */
export function sessionTree(
  sessions: readonly SessionEntry[],
  current: string | undefined,
  mine: (id: string) => boolean,
): HTMLElement {
  const known = new Set(sessions.map(({ id }) => id));
  const roots = sessions.filter(({ parent }) => parent === undefined || !known.has(parent));
  // By their places in the list: a stranger's clock may say anything.
  const place = new Map(sessions.map(({ id }, at) => [id, at]));
  const latest = ({ id }: SessionEntry): number =>
    Math.max(place.get(id)!, ...childrenOf(sessions, id).map(latest));
  const shown = roots.toSorted((one, other) => latest(other) - latest(one)).slice(0, MAX_ROOTS);
  if (shown.length === 0) return element("p", { class: "none" }, "None yet. Yours will be the first.");
  return element("ul", { class: "tree" }, ...shown.map((entry) => branch(sessions, entry, current, mine)));
}

const childrenOf = (sessions: readonly SessionEntry[], id: string): readonly SessionEntry[] =>
  sessions.filter(({ parent }) => parent === id);

function branch(
  sessions: readonly SessionEntry[],
  entry: SessionEntry,
  current: string | undefined,
  mine: (id: string) => boolean,
): HTMLElement {
  const isCurrent = entry.id === current;
  const link = element(
    "a",
    { href: `#${entry.id}`, ...(isCurrent ? { "aria-current": "page" } : {}) },
    element("span", { class: "title" }, titleOf(entry.id)),
    ...(entry.tick === undefined
      ? []
      : [element("span", { class: "tag fork" }, `fork at ${timeOf(entry.tick)}`)]),
    ...(entry.by === "bot" ? [element("span", { class: "tag" }, "bot")] : []),
    ...(mine(entry.id) ? [element("span", { class: "tag mine" }, "yours")] : []),
    element("time", { datetime: new Date(clampDate(entry.at)).toISOString() }, ageOf(entry.at)),
  );
  const below = childrenOf(sessions, entry.id).map((child) => branch(sessions, child, current, mine));
  return element("li", {}, link, ...(below.length === 0 ? [] : [element("ul", {}, ...below)]));
}

/** Times of others may be anything. */
const clampDate = (at: number): number => Math.max(0, Math.min(Number.isFinite(at) ? at : 0, Date.now()));

function ageOf(at: number): string {
  const minutes = Math.floor((Date.now() - clampDate(at)) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1_440)} d`;
}

/** Ticks as minutes and seconds. */
export function timeOf(tick: number): string {
  const seconds = Math.floor(tick / RATE);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
