/**
 * The fast lane against plain node:http: the same bytes, cut into the same packets, must give the same answers, see
 * the same number of requests and leave the connection in the same state. Any request that one of them frames
 * otherwise than the other is a failure.
 *
 * `PERENNIAL_SEEDS` and `PERENNIAL_SEED` set how many connections are tried, and from which seed; the message of a
 * failure names the seed that repeats it alone.
 */
import { MemoryLog } from "@perennial/server";
import { Random, replayOf, Seeds } from "@perennial/testing";
import { mintToken, signingKey } from "@perennial/tokens";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Door, fastLane, nodeDoor, type OpenDoor } from "../doors/doors.ts";
import { type Exchange, exchange, normalised } from "./exchange.ts";
import { generateBytes, generateCuts } from "./generated-requests.ts";

const SEEDS = new Seeds(20_000, Date.now() % 1_000_000_000);
/** As long as a secret, so that bytes are cut where they were to be cut. */
const SECRET = `psk_${"S".repeat(43)}`;
const NOW = 1_700_000_000_000;
/** What stands for a token that each door gets of its own key: as long, as all of these claims are. */
const TOKEN = await tokenFor(SECRET);
const AUTHORIZATIONS = [
  `Authorization: Bearer ${SECRET}`,
  `authorization: bearer  ${SECRET}`,
  `Authorization: Bearer ${SECRET}x`,
  `Authorization: Bearer ${SECRET}\r\nAuthorization: Bearer ${SECRET}`,
  `Authorization: Basic ${SECRET}`,
  `Authorization:`,
  `Authorization: Bearer ${TOKEN}`,
  `Authorization: Bearer ${TOKEN}`,
  `Authorization: Bearer ${TOKEN}x`,
  `Cookie: perennial_token=${TOKEN}`,
];
const GUARDED_SEEDS = new Seeds(10_000, SEEDS.first);
/** Pairs of servers at work at once. */
const LANES = 8;

/** Two servers with equal state: the same clock, the same store, the same history. */
class Pair {
  readonly #doors: OpenDoor[] = [];
  /** What stands for `SECRET` at each door, which makes its own. */
  readonly #secrets: string[] = [];
  readonly #tokens: string[] = [];

  /** @param isGuarded whether streams need credentials */
  async open(isGuarded: boolean): Promise<void> {
    for (const door of [nodeDoor, fastLane]) {
      const open = await openFixed(door);
      this.#doors.push(open);
      const made = isGuarded ? await open.server.services.create("app") : undefined;
      const secret = made?.kind === "ok" ? made.value.secret : SECRET;
      this.#secrets.push(secret);
      const token = await tokenFor(secret);
      this.#tokens.push(token);
      if (isGuarded) await remember(open, token);
    }
  }

  async close(): Promise<void> {
    for (const door of this.#doors) await door.close();
  }

  /**
   * What the node:http door and the fast lane answer. Where a server ended the connection while we were still
   * sending, what it answered may be lost on the way; the bytes are then sent again, in one packet.
   */
  async ask(bytes: string, cuts: readonly number[]): Promise<readonly string[]> {
    const first = await this.#send(bytes, cuts);
    const exchanges = first.some(({ broken }) => broken) ? await this.#send(bytes, undefined) : first;
    return exchanges.map(({ received }) => normalised(received));
  }

  #send(bytes: string, cuts: readonly number[] | undefined): Promise<Exchange[]> {
    return Promise.all(
      this.#doors.map(({ url }, at) => exchange(Number(new URL(url).port), this.#asSentTo(at, bytes), cuts)),
    );
  }

  #asSentTo(at: number, bytes: string): string {
    return bytes.replaceAll(SECRET, this.#secrets[at]!).replaceAll(TOKEN, this.#tokens[at]!);
  }
}

/**
 * Has a door verify a token before anything is compared: that takes milliseconds, in which a client that sends no more is given
 * up by node:http, or is not.
 */
async function remember({ server }: OpenDoor, token: string): Promise<void> {
  for (const headers of [{ Authorization: `Bearer ${token}` }, { Cookie: `perennial_token=${token}` }])
    await server.fetch(new Request("http://localhost/v1/stream/app/none", { headers }));
}

async function tokenFor(secret: string): Promise<string> {
  const streams = [{ match: "**", ops: ["read", "append", "create"] as const, producer: "p" }];
  return mintToken(await signingKey(secret), { service: "app", streams, now: NOW });
}

function openFixed(door: Door): Promise<OpenDoor> {
  return door.open({
    now: () => NOW,
    random: () => 0.5,
    log: () => Promise.resolve(new MemoryLog("store")),
    publicUrl: "http://localhost",
    // Each door has a count of its own, and they would hold back different ones.
    refusedPerSecond: 10_000_000,
    longPollTimeoutMs: 200,
  });
}

/** Puts the streams into services, and credentials of all sorts into the requests. */
function withCredentials(random: Random, bytes: string): string {
  return bytes
    .replaceAll(
      "/v1/stream/",
      () => `/v1/stream/${random.pick(["app/", "app/", "app/", "other/", "app%2F"])}`,
    )
    .replaceAll("Host: localhost\r\n", (host) =>
      random.chance(0.2)
        ? host
        : `${host}${random.chance(0.7) ? AUTHORIZATIONS[0] : random.pick(AUTHORIZATIONS)}\r\n`,
    );
}

describe.each([
  { isGuarded: false, seeds: SEEDS },
  { isGuarded: true, seeds: GUARDED_SEEDS },
])("the fast lane and node:http, with services: $isGuarded", ({ isGuarded, seeds: range }) => {
  const pairs = Array.from({ length: LANES }, () => new Pair());

  beforeAll(async () => {
    await Promise.all(pairs.map((pair) => pair.open(isGuarded)));
  });

  afterAll(async () => {
    await Promise.all(pairs.map((pair) => pair.close()));
  });

  it(`answer generated connections alike, for ${range}`, { timeout: 3_600_000 }, async () => {
    const seeds = range[Symbol.iterator]();
    const work = async (pair: Pair): Promise<void> => {
      for (const seed of seeds) {
        const random = new Random(seed);
        const plainBytes = generateBytes(random);
        const bytes = isGuarded ? withCredentials(random, plainBytes) : plainBytes;
        const cuts = generateCuts(random, bytes.length);
        const [plain, fast] = await pair.ask(bytes, cuts);
        expect(fast, `${replayOf(seed)}: ${JSON.stringify(bytes)}`).toBe(plain);
      }
    };
    await Promise.all(pairs.map(work));
  });
});
