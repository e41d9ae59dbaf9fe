import {
  type DeadLetter,
  isPending,
  type Link,
  NEW_PROGRESS,
  type Progress,
  type Settings,
} from "./core/state.ts";

/** A link in memory, with where its stream ends for readers as far as is known. */
export interface Watched {
  readonly subscription: Subscription;
  link: Link;
  tail: number;
}

/** A subscription in memory: its rows, and what follows from them. */
export class Subscription {
  /** Names it among all that there ever were: an id may be used again. */
  readonly number: number;
  readonly settings: Settings;
  progress: Progress = NEW_PROGRESS;
  /** By the paths of their streams. */
  readonly links = new Map<string, Watched>();
  /** Those with news. */
  readonly pending = new Set<Watched>();
  /** By generation. */
  readonly deadLetters = new Map<number, DeadLetter>();
  /** Whether its wake is being delivered now. */
  isBusy = false;
  /** Whether it got news since it was looked at. */
  hasNews = false;
  /** Whether its tails were looked up since the start. */
  isFresh = false;
  /** Until when its host is given a rest, epoch milliseconds. */
  heldUntil = 0;
  /** Whether its wake is delivered now, whatever delay it was given: what was missing is there. */
  isRetried = false;
  /** Whether a stream had no room since they were last looked for. */
  hasMissed = false;
  /** Whether streams that had no room are being looked for. */
  isSearching = false;
  /** Whether it was deleted. */
  isGone = false;
  /** The time for which it stands in the timetable, epoch milliseconds. */
  scheduledAt: number | undefined = undefined;
  /** The time of its entry there, which may be earlier. */
  queuedAt: number | undefined = undefined;

  constructor(number: number, settings: Settings) {
    this.number = number;
    this.settings = settings;
  }

  /** Takes note of where a stream ends. @returns whether it has news */
  note(watched: Watched, tail: number): boolean {
    watched.tail = tail;
    const hasNews = isPending(watched.link, tail);
    if (hasNews) this.pending.add(watched);
    else this.pending.delete(watched);
    return hasNews;
  }
}
