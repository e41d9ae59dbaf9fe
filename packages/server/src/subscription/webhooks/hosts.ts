/** How many deliveries are under way to each host, and which hosts are given a rest since they do not answer. */

interface Host {
  active: number;
  /** Deliveries in a row that it did not answer. */
  failures: number;
  /** Epoch milliseconds. */
  restsUntil: number;
  readonly waiting: ((restsUntil: number | undefined) => void)[];
}

/** Failures in a row after which a host is given a rest: from then on one delivery at a time asks whether it is back. */
const FAILURES = 5;
const REST_MS = 1000;
const LONGEST_REST_MS = 60_000;
/** Hosts remembered that do not answer, without anything under way. */
const DEAD_HOSTS = 10_000;

export class Hosts {
  readonly #perHost: number;
  readonly #all: number;
  readonly #now: () => number;
  readonly #hosts = new Map<string, Host>();
  #active = 0;
  #waiting = 0;

  /**
   * @param perHost deliveries under way to one host, at most
   * @param all deliveries under way
   */
  constructor(perHost: number, all: number, now: () => number) {
    this.#perHost = perHost;
    this.#all = all;
    this.#now = now;
  }

  /** Deliveries under way. */
  get active(): number {
    return this.#active;
  }

  /** Deliveries that wait for their turn. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Lets a delivery begin, now or when it is its turn.
   *
   * @returns until when the host rests, epoch milliseconds, if it does: then nothing may begin
   */
  async enter(name: string): Promise<number | undefined> {
    const host = this.#host(name);
    const now = this.#now();
    if (host.restsUntil > now) return host.restsUntil;
    // One asks for all whether it is back.
    if (host.failures >= FAILURES && host.active > 0) return now + REST_MS;
    if (this.#hasRoom(host)) {
      this.#begin(host);
      return undefined;
    }
    this.#waiting += 1;
    return new Promise((resolve) => host.waiting.push(resolve));
  }

  #hasRoom(host: Host): boolean {
    return host.active < this.#perHost && this.#active < this.#all;
  }

  #begin(host: Host): void {
    host.active += 1;
    this.#active += 1;
  }

  /** A delivery has ended. @param isAlive whether the host answered; undefined: it was not asked */
  leave(name: string, isAlive: boolean | undefined): void {
    const host = this.#host(name);
    host.active -= 1;
    this.#active -= 1;
    if (isAlive !== undefined) host.failures = isAlive ? 0 : host.failures + 1;
    if (isAlive === false && host.failures >= FAILURES) this.#rest(host);
    this.#next(host);
    if (host.active === 0 && host.waiting.length === 0 && host.failures === 0) this.#hosts.delete(name);
    if (this.#hosts.size > DEAD_HOSTS) this.#forgetOne();
    if (this.#waiting > 0) for (const other of this.#hosts.values()) this.#next(other);
  }

  #rest(host: Host): void {
    const rest = Math.min(REST_MS * 2 ** Math.min(host.failures - FAILURES, 30), LONGEST_REST_MS);
    host.restsUntil = this.#now() + rest;
    while (host.waiting.length > 0) this.#goOn(host, host.restsUntil);
  }

  /** Those who wait go on. */
  #next(host: Host): void {
    while (host.waiting.length > 0 && this.#hasRoom(host)) {
      this.#begin(host);
      this.#goOn(host, undefined);
    }
  }

  #goOn(host: Host, restsUntil: number | undefined): void {
    this.#waiting -= 1;
    host.waiting.shift()!(restsUntil);
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host: Host = { active: 0, failures: 0, restsUntil: 0, waiting: [] };
    this.#hosts.set(name, host);
    return host;
  }

  #forgetOne(): void {
    for (const [name, { active, waiting }] of this.#hosts)
      if (active === 0 && waiting.length === 0) {
        this.#hosts.delete(name);
        return;
      }
  }
}
