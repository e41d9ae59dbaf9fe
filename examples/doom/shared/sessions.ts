/** The list of sessions: a JSON stream to which whoever begins or forks one adds a line. */
import { DurableStream } from "@perennial/client";
import {
  followJson,
  isTimelineName,
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
const LIST_MAX_BYTES = 4_000_000;
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

function listUrl(place: TimelinePlace): string {
  return `${String(place.streamsUrl)}/sessions`;
}

/** Makes the list, unless there is one. */
export async function createList(place: TimelinePlace): Promise<void> {
  const { headers, fetch } = place;
  await DurableStream.create({
    ...{ url: listUrl(place), headers, fetch, contentType: "application/json", warnOnHttp: false },
    maxBytes: LIST_MAX_BYTES,
  });
}

/** Adds a session to the list. @throws FetchError, or the error of `fetch` after half a minute */
export async function announce(place: TimelinePlace, entry: SessionEntry): Promise<void> {
  const { headers, fetch } = place;
  const list = new DurableStream({
    url: listUrl(place),
    headers,
    fetch,
    contentType: "application/json",
    warnOnHttp: false,
  });
  const once = { producerId: crypto.randomUUID(), producerEpoch: 0, producerSeq: 0 };
  await list.append(JSON.stringify(entry), { ...once, signal: AbortSignal.timeout(30_000) });
}

/** Follows the list until the signal is aborted. @param onChange - given the latest sessions, oldest first */
export async function followSessions(
  place: TimelinePlace,
  signal: AbortSignal,
  onChange: (sessions: readonly SessionEntry[]) => void,
): Promise<void> {
  const { headers, fetch } = place;
  let sessions: SessionEntry[] = [];
  await followJson({ url: listUrl(place), headers, fetch, signal }, (items) => {
    // The first that has a name keeps it: two with one name could be each other's ancestors.
    const known = new Set(sessions.map(({ id }) => id));
    for (const item of items)
      if (isSession(item) && !known.has(item.id) && known.add(item.id)) sessions.push(item);
    sessions = sessions.slice(-MAX_LISTED);
    onChange(sessions);
    return true;
  });
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
