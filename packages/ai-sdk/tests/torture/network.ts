/** What a bad network does above TCP: proxies that send a request twice, and one that nobody hears of any more. */
import type { Random } from "@perennial/testing";

/** How often a request is sent twice. */
const REPEATED = 0.15;

/** A `fetch` whose requests are sometimes sent twice; either answer may be the one that counts. */
export function repeatingFetch(random: Random): typeof fetch {
  return async (input, init) => {
    const isRepeated = random.chance(REPEATED);
    const countsFirst = random.chance(0.5);
    const first = await fetch(input, init);
    if (!isRepeated || init?.method !== "POST") return first;
    const second = await fetch(input, init);
    await (countsFirst ? second : first).arrayBuffer();
    return countsFirst ? first : second;
  };
}

/** A network that can be cut for good, as that of a process that hangs. */
export class Cuttable {
  readonly #fetch: typeof fetch;
  #isCut = false;

  constructor(fetchIt: typeof fetch) {
    this.#fetch = fetchIt;
  }

  /** Requests under way may still arrive; their answers do not. */
  cut(): void {
    this.#isCut = true;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    if (this.#isCut) throw new TypeError("cut");
    const response = await this.#fetch(input, init);
    if (this.#isCut) throw new TypeError("cut");
    return response;
  };
}
