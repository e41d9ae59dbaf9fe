import { runClosedLoop } from "../../load/closed-loop.ts";
import { openSocket } from "../../load/connection.ts";
import { type Address, exchangeOk } from "../../load/exchange.ts";
import { runOpenLoop } from "../../load/open-loop.ts";
import { buildRequest, filler } from "../../load/requests.ts";

/** Something that a client may send, and that must not be felt by others. */
export interface Attack {
  readonly label: string;
  /** Makes ready, and resolves to what goes on for a number of seconds. */
  prepare(address: Address, root: string): Promise<(seconds: number) => Promise<void>>;
}

const JSON_TYPE = { "Content-Type": "application/json" };
/** Just within the limits: of a body 64 MiB, of one JSON message 16 MiB. */
const ONES = `[${"1,".repeat(30_000_000)}1]`;
const LONG_MESSAGE = `"${filler(16_000_000)}"`;
const READERS = 40;
const GENERATIONS = 256;
const SHORT_LIVES_PER_SECOND = 2_000;

/** Nothing besides: what is usual. */
const nothing: Attack = { label: "nothing else", prepare: async () => async () => {} };

/** A long message read by many with cursors of their own; half of them take nothing. */
const liveReaders: Attack = {
  label: `${2 * READERS} SSE readers of a message of 16 MB`,
  prepare: async (address, root) => {
    await exchangeOk(address, { method: "PUT", path: `${root}long`, headers: JSON_TYPE, body: LONG_MESSAGE });
    return (seconds) =>
      forSeconds(seconds, (isOver) => {
        const ends = Array.from({ length: 2 * READERS }, (_, index) =>
          keepReading(address, `${root}long?offset=-1&live=sse&cursor=${index}`, index < READERS, isOver),
        );
        return () => {
          for (const end of ends) end();
        };
      });
  },
};

/** Twenty bytes from the end of one large append, over and over. */
const offsetInAppend: Attack = {
  label: "20 reads at an offset near the end of an append of 60 MB",
  prepare: async (address, root) => {
    const path = `${root}ones`;
    const { headers } = await exchangeOk(address, { method: "PUT", path, headers: JSON_TYPE, body: ONES });
    const [half, position] = String(headers["stream-next-offset"]).split("_") as [string, string];
    const offset = `${half}_${String(Number(position) - 20).padStart(16, "0")}`;
    return (seconds) => getOverAndOver(address, path, `?offset=${offset}`, seconds);
  },
};

/** A large JSON body after the other, each of millions of messages. */
const longBodies: Attack = {
  label: "JSON bodies of 60 MB, one after the other",
  prepare: async (address, root) => {
    const path = `${root}bodies`;
    await exchangeOk(address, { method: "PUT", path, headers: JSON_TYPE });
    const request = buildRequest({ method: "POST", path, headers: JSON_TYPE, body: ONES }, address);
    return async (seconds) => {
      await runClosedLoop({ address, connections: 1, seconds, next: () => request });
    };
  },
};

/** Reads of the last of a chain of forks. */
const forkChain: Attack = {
  label: `20 reads of a fork of ${GENERATIONS} generations`,
  prepare: async (address, root) => {
    const pathOf = (generation: number) => `${root}generation-${generation}`;
    for (let generation = 0; generation <= GENERATIONS; generation++) {
      const headers = generation === 0 ? {} : { "Stream-Forked-From": pathOf(generation - 1) };
      await exchangeOk(address, { method: "PUT", path: pathOf(generation), headers, body: filler(40) });
    }
    return (seconds) => getOverAndOver(address, pathOf(GENERATIONS), "?offset=-1", seconds);
  },
};

/** Streams that live for a second. */
const shortLives: Attack = {
  label: `${SHORT_LIVES_PER_SECOND.toLocaleString("en")} streams a second that live for one`,
  prepare: async (address, root) => {
    let made = 0;
    const headers = { "Stream-TTL": "1" };
    const request = () => buildRequest({ method: "PUT", path: `${root}short-${made++}`, headers }, address);
    return async (seconds) => {
      await runOpenLoop({ address, connections: 16, perSecond: SHORT_LIVES_PER_SECOND, seconds, request });
    };
  },
};

export const attacks: readonly Attack[] = [
  nothing,
  liveReaders,
  offsetInAppend,
  longBodies,
  forkChain,
  shortLives,
];

async function getOverAndOver(address: Address, path: string, query: string, seconds: number): Promise<void> {
  const request = buildRequest({ method: "GET", path, query, headers: {} }, address);
  await runClosedLoop({ address, connections: 20, seconds, next: () => request });
}

/** Has something go on for a time; `begin` returns how to end it. */
function forSeconds(seconds: number, begin: (isOver: () => boolean) => () => void): Promise<void> {
  let over = false;
  const end = begin(() => over);
  return new Promise((resolve) => {
    setTimeout(() => {
      over = true;
      end();
      resolve();
    }, seconds * 1000);
  });
}

/** Reads a response that has no end, anew each time the message was there; or takes nothing of it. */
function keepReading(address: Address, target: string, takes: boolean, isOver: () => boolean): () => void {
  let received = 0;
  const socket = openSocket(
    address,
    (bytes) => {
      received += bytes.length;
      if (received > LONG_MESSAGE.length) socket.destroy();
    },
    () => {
      if (!isOver()) end = keepReading(address, target, takes, isOver);
    },
  );
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${address.host}:${address.port}\r\n\r\n`);
  if (!takes) socket.pause();
  let end = (): void => void socket.destroy();
  return () => end();
}
