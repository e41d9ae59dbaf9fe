/**
 * How many deliveries are under way to each host and of each scope, and which hosts are given a rest since they do not answer. What
 * a scope has for a host waits in a line of its own, so that a scope that has its share holds nobody up.
 */

/** Whoever waits is told until when the host rests, or that the delivery may begin. */
type Waiting = (restsUntil: number | undefined) => void;

interface Line {
  readonly host: Host;
  readonly scope: Scope;
  readonly waiting: Waiting[];
}

interface Host {
  readonly name: string;
  active: number;
  /** Deliveries in a row that it did not answer. */
  failures: number;
  /** Epoch milliseconds. */
  restsUntil: number;
  /** In which somebody waits, by scope. The one whose turn it was goes to the end. */
  readonly lines: Map<string, Line>;
}

interface Scope {
  readonly name: string;
  active: number;
  readonly share: number;
  /** In which somebody waits, by host. */
  readonly lines: Map<string, Line>;
}

/** Failures in a row after which a host is given a rest: from then on one delivery at a time asks whether it is back. */
const FAILURES = 5;
const REST_MS = 1000;
const LONGEST_REST_MS = 60_000;
/** Hosts remembered that do not answer, without anything under way. */
const DEAD_HOSTS = 10_000;

export interface HostLimits {
  /** Deliveries under way to one host, at most. */
  readonly perHost: number;
  /** Deliveries under way. */
  readonly all: number;
  /** Deliveries under way of one scope, of all of them. */
  shareOf(scope: string, all: number): number;
}

export class Hosts {
  readonly #limits: HostLimits;
  readonly #now: () => number;
  readonly #hosts = new Map<string, Host>();
  readonly #scopes = new Map<string, Scope>();
  #active = 0;
  #waiting = 0;

  constructor(limits: HostLimits, now: () => number) {
    this.#limits = limits;
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
   * @param scope whose it is
   * @returns until when the host rests, epoch milliseconds, if it does: then nothing may begin
   */
  async enter(name: string, scope: string): Promise<number | undefined> {
    const host = this.#host(name);
    const now = this.#now();
    if (host.restsUntil > now) return host.restsUntil;
    // One asks for all whether it is back.
    if (host.failures >= FAILURES && host.active > 0) return now + REST_MS;
    const line = host.lines.get(scope) ?? { host, scope: this.#scope(scope), waiting: [] };
    if (line.waiting.length === 0 && this.#hasRoom(line)) {
      this.#begin(line);
      return undefined;
    }
    this.#waiting += 1;
    if (line.waiting.length === 0) this.#enterLine(line);
    return new Promise((resolve) => line.waiting.push(resolve));
  }

  #hasRoom({ host, scope }: Line): boolean {
    const { perHost, all } = this.#limits;
    return host.active < perHost && scope.active < scope.share && this.#active < all;
  }

  #begin({ host, scope }: Line): void {
    host.active += 1;
    scope.active += 1;
    this.#active += 1;
  }

  /** A delivery has ended. @param isAlive whether the host answered; undefined: it was not asked */
  leave(name: string, scopeName: string, isAlive: boolean | undefined): void {
    const host = this.#host(name);
    const scope = this.#scope(scopeName);
    const wasFull = this.#active >= this.#limits.all;
    host.active -= 1;
    scope.active -= 1;
    this.#active -= 1;
    if (isAlive !== undefined) host.failures = isAlive ? 0 : host.failures + 1;
    if (isAlive === false && host.failures >= FAILURES) this.#rest(host);
    this.#fill(host.lines);
    this.#fill(scope.lines);
    // Others wait for nothing that became free, unless it was room for all.
    if (wasFull) for (const other of this.#scopes.values()) this.#fill(other.lines);
    if (host.active === 0 && host.lines.size === 0 && host.failures === 0) this.#hosts.delete(name);
    if (scope.active === 0 && scope.lines.size === 0) this.#scopes.delete(scopeName);
    if (this.#hosts.size > DEAD_HOSTS) this.#forgetOne();
  }

  #rest(host: Host): void {
    const rest = Math.min(REST_MS * 2 ** Math.min(host.failures - FAILURES, 30), LONGEST_REST_MS);
    host.restsUntil = this.#now() + rest;
    for (const line of host.lines.values()) while (line.waiting.length > 0) this.#tell(line, host.restsUntil);
  }

  /**
   * Begins what there is room for, one of each line in turn: a line whose turn it was comes again behind the others. Lines without
   * room wait for their scope, whose lines then all do, or for one of the few hosts that have all they may have.
   */
  #fill(lines: ReadonlyMap<string, Line>): void {
    for (const line of lines.values()) {
      const { host, scope } = line;
      if (this.#active >= this.#limits.all) return;
      if (lines === scope.lines ? scope.active >= scope.share : host.active >= this.#limits.perHost) return;
      if (!this.#hasRoom(line)) continue;
      this.#begin(line);
      this.#leaveLine(line);
      this.#tell(line, undefined);
      if (line.waiting.length > 0) this.#enterLine(line);
    }
  }

  #enterLine(line: Line): void {
    line.host.lines.set(line.scope.name, line);
    line.scope.lines.set(line.host.name, line);
  }

  #leaveLine(line: Line): void {
    line.host.lines.delete(line.scope.name);
    line.scope.lines.delete(line.host.name);
  }

  #tell(line: Line, restsUntil: number | undefined): void {
    this.#waiting -= 1;
    line.waiting.shift()!(restsUntil);
    if (line.waiting.length === 0) this.#leaveLine(line);
  }

  #host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host: Host = { name, active: 0, failures: 0, restsUntil: 0, lines: new Map() };
    this.#hosts.set(name, host);
    return host;
  }

  #scope(name: string): Scope {
    const known = this.#scopes.get(name);
    if (known !== undefined) return known;
    const scope: Scope = {
      name,
      active: 0,
      share: this.#limits.shareOf(name, this.#limits.all),
      lines: new Map(),
    };
    this.#scopes.set(name, scope);
    return scope;
  }

  #forgetOne(): void {
    for (const [name, { active, lines }] of this.#hosts)
      if (active === 0 && lines.size === 0) {
        this.#hosts.delete(name);
        return;
      }
  }
}
