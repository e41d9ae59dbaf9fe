/** The keys of an issuer, as it publishes them (JWKS), fetched when they are needed and kept for a while. */
import { createLocalJWKSet, errors, type JWSHeaderParameters } from "jose";

type FindKey = ReturnType<typeof createLocalJWKSet>;

/** After so long keys are fetched anew, in the background, and after so long they do not count any more, ms. */
const FRESH = 600_000;
const USABLE = 3_600_000;
/** At least so long between two attempts to fetch, ms: made-up key ids must not make us ask the issuer all the time. */
const COOLDOWN = 10_000;
const KEYS_MAX = 100;

export class KeySet {
  readonly #fetch: () => Promise<unknown>;
  readonly #onFailure: (error: unknown) => void;
  readonly #now: () => number;
  #find: FindKey | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #underWay: Promise<void> | undefined;

  /**
   * @param fetch gives the parsed document, or rejects, within bounds of time and length
   * @param now milliseconds of a clock that nobody sets
   */
  constructor(fetch: () => Promise<unknown>, onFailure: (error: unknown) => void, now: () => number) {
    this.#fetch = fetch;
    this.#onFailure = onFailure;
    this.#now = now;
  }

  /** The key that a token names. Rejects with an error of `jose` if there is none. A name that is not known may be a new key's. */
  readonly keyFor = async (header: JWSHeaderParameters): Promise<CryptoKey> => {
    const refreshing = this.#refresh(FRESH);
    const isUsable = this.#now() - this.#fetchedAt < USABLE;
    if (!isUsable) await refreshing;
    try {
      return await this.#known(header);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#refresh(0);
      return await this.#known(header);
    }
  };

  #known(header: JWSHeaderParameters): Promise<CryptoKey> {
    if (this.#find === undefined || this.#now() - this.#fetchedAt >= USABLE)
      throw new errors.JWKSNoMatchingKey();
    return this.#find(header);
  }

  /** Fetches what is older than `age`, unless that was tried just now. Never rejects. */
  #refresh(age: number): Promise<void> {
    if (this.#underWay !== undefined) return this.#underWay;
    const now = this.#now();
    if (now - this.#fetchedAt < age || now - this.#triedAt < COOLDOWN) return Promise.resolve();
    this.#triedAt = now;
    this.#underWay = this.#load().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #load(): Promise<void> {
    try {
      const document = (await this.#fetch()) as { keys: [] };
      const find = createLocalJWKSet(document);
      if (document.keys.length > KEYS_MAX) throw new RangeError(`more than ${KEYS_MAX} keys`);
      this.#find = find;
      this.#fetchedAt = this.#now();
    } catch (error) {
      this.#onFailure(error);
    }
  }
}
