/** The list of sessions: for each day a JSON stream to which whoever begins or forks one adds a line. */
import { DurableStream, FetchError } from "@perennial/client";
import {
  followJson,
  isTimelineName,
  pause,
  type TimelineFormat,
  type TimelineLimits,
  type TimelinePlace,
} from "@perennial/timeline";
import { FRAME_BYTES, RATE, type Start } from "./engine/doom.ts";

/** Where the streams of this example lie. */
export const STREAMS_PATH = "/v1/stream/doom";
/** Three hours of play, and a bit. A session is kept for a week after its last use; what bots play, for an hour. */
export const SESSION_LIMITS: TimelineLimits = { maxBytes: 4_000_000, ttlSeconds: 7 * 24 * 3_600 };
export const BOT_LIMITS: TimelineLimits = { ...SESSION_LIMITS, ttlSeconds: 3_600 };
/** The list shows so many of the latest. */
const MAX_LISTED = 200;
const DAY_MS = 24 * 3_600_000;
/** As long as a session that nobody uses is kept: what was begun before that is of no use to a list, in days. */
const LISTED_DAYS = 7;
/** Ten thousand lines and more. What begins on a day whose list is full is not listed, and can be played all the same. */
const LIST_LIMITS: TimelineLimits = { maxBytes: 1_000_000, ttlSeconds: (LISTED_DAYS + 1) * 24 * 3_600 };
/** A list that somebody made without a limit is read up to here. */
const MAX_LINES_READ = 100_000;
/** Between two looks for a list that is not there yet, in ms. */
const LOOK_EVERY_MS = 2_000;
/** Whoever plays a session is its one producer: it goes on under the same name after a reload. */
export const PLAYER_ID = "player";

export interface SessionEntry {
  readonly id: string;
  readonly by: "person" | "bot";
  /** When it began, in ms since 1970, by its maker's clock. */
  readonly at: number;
  /** What it was forked from, and after how many ticks. */
  readonly parent?: string | undefined;
  readonly tick?: number | undefined;
}

export const formatOf = (start: Start): TimelineFormat => ({
  ...{ kind: "doom", frameBytes: FRAME_BYTES, rate: RATE },
  about: { skill: start.skill, map: start.map },
});

/** How a session begins, from what its stream says; undefined if that is no game of this engine. */
export function startOf({ kind, frameBytes, rate, about }: TimelineFormat): Start | undefined {
  const { skill, map } = (about ?? {}) as Partial<Start>;
  const isOurs = kind === "doom" && frameBytes === FRAME_BYTES && rate === RATE;
  return isOurs && isOneTo(skill, 5) && isOneTo(map, 9) ? { skill, map } : undefined;
}

const isOneTo = (value: unknown, most: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most;

const WORDS = {
  first:
    "amber ashen brazen crimson dusky feral gilded hollow iron jagged molten nocturnal obsidian pale rusted silent".split(
      " ",
    ),
  second:
    "alcove bastion cellar crypt depot forge gantry hangar keep lab nexus outpost quarry refinery tower vault".split(
      " ",
    ),
};

/** A new name: two words that one can remember, and eight characters that nobody guesses. */
export function newSessionId(): string {
  const [one = 0, two = 0, ...rest] = crypto.getRandomValues(new Uint8Array(6));
  const tail = rest.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${WORDS.first[one % 16]}-${WORDS.second[two % 16]}-${tail}`;
}

/** The words of a name. */
export const titleOf = (id: string): string => id.split("-").slice(0, 2).join(" ");

/** The address of a day's list. @param at - any moment of the day, in ms since 1970 */
export function listUrl(place: TimelinePlace, at: number): string {
  return `${String(place.streamsUrl)}/sessions/${dayOf(at)}`;
}

const dayOf = (at: number): number => Math.floor(at / DAY_MS);

/**
 * Adds a session to the list of a day, which is made if there is none.
 *
 * @param now - the clock, in ms since 1970
 * @throws FetchError (413: that list is full), or the error of `fetch` after half a minute
 */
export async function announce(
  place: TimelinePlace,
  entry: SessionEntry,
  now: () => number = Date.now,
): Promise<void> {
  const { headers, fetch } = place;
  const url = listUrl(place, now());
  const options = { url, headers, fetch, contentType: "application/json", warnOnHttp: false };
  const signal = AbortSignal.timeout(30_000);
  const list = new DurableStream({ ...options, batching: false });
  try {
    await DurableStream.create({ ...options, ...LIST_LIMITS, signal });
  } catch (error) {
    // Somebody made it, with limits of their own.
    if (!(error instanceof FetchError) || error.status !== 409) throw error;
  }
  const once = { producerId: crypto.randomUUID(), producerEpoch: 0, producerSeq: 0 };
  await list.append(JSON.stringify(entry), { ...once, signal });
}

/**
 * Follows the list until the signal is aborted: what was begun in the last days, and what begins.
 *
 * @param onChange - given the latest sessions, oldest first
 * @param now - the clock, in ms since 1970
 * @throws what the first reads do: FetchError, or the error of `fetch`
 */
export async function followSessions(
  place: TimelinePlace,
  signal: AbortSignal,
  onChange: (sessions: readonly SessionEntry[]) => void,
  now: () => number = Date.now,
): Promise<void> {
  let sessions: readonly SessionEntry[] = [];
  const add = (items: readonly unknown[]): void => {
    sessions = withNew(sessions, items);
    onChange(sessions);
  };
  const today = dayOf(now());
  const days = Array.from({ length: LISTED_DAYS }, (_, at) => today - LISTED_DAYS + at);
  add((await Promise.all(days.map((day) => readDay(place, day, signal)))).flat());
  for (let day = today; !signal.aborted; day++) await followDay(place, day, { signal, now, add });
}

async function readDay(place: TimelinePlace, day: number, signal: AbortSignal): Promise<readonly unknown[]> {
  const { headers, fetch } = place;
  let latest: unknown[] = [];
  let count = 0;
  await followJson({ url: listUrl(place, day * DAY_MS), headers, fetch, signal, live: false }, (items) => {
    latest = [...latest, ...items].slice(-MAX_LISTED);
    count += items.length;
    return count < MAX_LINES_READ;
  });
  return latest;
}

/** Follows one day's list until the day is over. It need not be there yet. */
async function followDay(
  place: TimelinePlace,
  day: number,
  around: {
    readonly signal: AbortSignal;
    readonly now: () => number;
    readonly add: (items: readonly unknown[]) => void;
  },
): Promise<void> {
  const { headers, fetch } = place;
  const over = new AbortController();
  const signal = AbortSignal.any([around.signal, over.signal]);
  const everyMs = (): number => {
    if (dayOf(around.now()) > day) over.abort();
    return LOOK_EVERY_MS;
  };
  let count = 0;
  while (!signal.aborted) {
    await followJson({ url: listUrl(place, day * DAY_MS), headers, fetch, signal, everyMs }, (items) => {
      around.add(items);
      count += items.length;
      return count < MAX_LINES_READ;
    });
    await pause(everyMs(), signal);
  }
}

/** The latest sessions, with what lines of a list add to them. */
function withNew(sessions: readonly SessionEntry[], items: readonly unknown[]): readonly SessionEntry[] {
  // The first that has a name keeps it: two with one name could be each other's ancestors.
  const known = new Set(sessions.map(({ id }) => id));
  const fresh: SessionEntry[] = [];
  for (const item of items)
    if (isSession(item) && !known.has(item.id) && known.add(item.id)) fresh.push(item);
  return [...sessions, ...fresh].slice(-MAX_LISTED);
}

/** A line of the list may be anybody's. */
function isSession(value: unknown): value is SessionEntry {
  const { id, by, at, parent, tick } = (value ?? {}) as Partial<Record<keyof SessionEntry, unknown>>;
  const isRoot = parent === undefined && tick === undefined;
  const isFork =
    isTimelineName(parent) && typeof tick === "number" && Number.isSafeInteger(tick) && tick >= 0;
  return (
    isTimelineName(id) && (by === "person" || by === "bot") && typeof at === "number" && (isRoot || isFork)
  );
}
