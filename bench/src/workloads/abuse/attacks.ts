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

/** How much each attack asks for. */
export interface AttackSizes {
  /** Messages of one byte in a large JSON body. */
  readonly ones: number;
  readonly messageBytes: number;
  /** Live readers that take what they get; as many more take nothing. */
  readonly readers: number;
  readonly generations: number;
  readonly shortLivesPerSecond: number;
}

/** Just within the limits: of a body 64 MiB, of one JSON message 16 MiB. */
export const FULL_SIZES: AttackSizes = {
  ones: 30_000_000,
  messageBytes: 16_000_000,
  readers: 40,
  generations: 256,
  shortLivesPerSecond: 2_000,
};

const onesBody = (count: number): string => `[${"1,".repeat(count - 1)}1]`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toLocaleString("en")} MB`;

/** Nothing besides: what is usual. */
const nothing: Attack = { label: "nothing else", prepare: async () => async () => {} };

/** A long message read by many with cursors of their own; half of them take nothing. */
const liveReaders = ({ messageBytes, readers }: AttackSizes): Attack => ({
  label: `${2 * readers} SSE readers of a message of ${megabytes(messageBytes)}`,
  prepare: async (address, root) => {
    await exchangeOk(address, {
      method: "PUT",
      path: `${root}long`,
      headers: JSON_TYPE,
      body: `"${filler(messageBytes)}"`,
    });
    return (seconds) =>
      forSeconds(seconds, (isOver) => {
        const ends = Array.from({ length: 2 * readers }, (_, index) =>
          keepReading(
            address,
            `${root}long?offset=-1&live=sse&cursor=${index}`,
            index < readers ? messageBytes : undefined,
            isOver,
          ),
        );
        return () => {
          for (const end of ends) end();
        };
      });
  },
});

/** Twenty bytes from the end of one large append, over and over. */
const offsetInAppend = ({ ones }: AttackSizes): Attack => ({
  label: `20 reads at an offset near the end of an append of ${megabytes(2 * ones)}`,
  prepare: async (address, root) => {
    const path = `${root}ones`;
    const { headers } = await exchangeOk(address, {
      method: "PUT",
      path,
      headers: JSON_TYPE,
      body: onesBody(ones),
    });
    const [half, position] = String(headers["stream-next-offset"]).split("_") as [string, string];
    const offset = `${half}_${String(Number(position) - 20).padStart(16, "0")}`;
    return (seconds) => getOverAndOver(address, path, `?offset=${offset}`, seconds);
  },
});

/** A large JSON body after the other, each of millions of messages. */
const longBodies = ({ ones }: AttackSizes): Attack => ({
  label: `JSON bodies of ${megabytes(2 * ones)}, one after the other`,
  prepare: async (address, root) => {
    const path = `${root}bodies`;
    await exchangeOk(address, { method: "PUT", path, headers: JSON_TYPE });
    const request = buildRequest({ method: "POST", path, headers: JSON_TYPE, body: onesBody(ones) }, address);
    return async (seconds) => {
      await runClosedLoop({ address, connections: 1, seconds, next: () => request });
    };
  },
});

/** Reads of the last of a chain of forks. */
const forkChain = ({ generations }: AttackSizes): Attack => ({
  label: `20 reads of a fork of ${generations} generations`,
  prepare: async (address, root) => {
    const pathOf = (generation: number) => `${root}generation-${generation}`;
    for (let generation = 0; generation <= generations; generation++) {
      const headers = generation === 0 ? {} : { "Stream-Forked-From": pathOf(generation - 1) };
      await exchangeOk(address, { method: "PUT", path: pathOf(generation), headers, body: filler(40) });
    }
    return (seconds) => getOverAndOver(address, pathOf(generations), "?offset=-1", seconds);
  },
});

/** Streams that live for a second. */
const shortLives = ({ shortLivesPerSecond: perSecond }: AttackSizes): Attack => ({
  label: `${perSecond.toLocaleString("en")} streams a second that live for one`,
  prepare: async (address, root) => {
    let made = 0;
    const headers = { "Stream-TTL": "1" };
    const request = () => buildRequest({ method: "PUT", path: `${root}short-${made++}`, headers }, address);
    return async (seconds) => {
      await runOpenLoop({ address, connections: 16, perSecond, seconds, request });
    };
  },
});

export function attacksOf(sizes: AttackSizes): readonly Attack[] {
  return [
    nothing,
    ...[liveReaders, offsetInAppend, longBodies, forkChain, shortLives].map((attack) => attack(sizes)),
  ];
}

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

/**
 * Reads a response that has no end, anew each time the message was there; or takes nothing of it.
 *
 * @param takes the length of the message; undefined: nothing
 */
function keepReading(
  address: Address,
  target: string,
  takes: number | undefined,
  isOver: () => boolean,
): () => void {
  let received = 0;
  const socket = openSocket(
    address,
    (bytes) => {
      received += bytes.length;
      if (received > takes!) socket.destroy();
    },
    () => {
      if (!isOver()) end = keepReading(address, target, takes, isOver);
    },
  );
  socket.write(`GET ${target} HTTP/1.1\r\nHost: ${address.host}:${address.port}\r\n\r\n`);
  if (takes === undefined) socket.pause();
  let end = (): void => void socket.destroy();
  return () => end();
}
