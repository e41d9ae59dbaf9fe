/** What the simulation knows: what was acknowledged, what workers were shown, and how far they said they were. */

/** A subscription that was acknowledged. */
export interface KnownSubscription {
  readonly number: number;
  readonly id: string;
  readonly pattern: string | undefined;
  /** The step at which it was acknowledged. */
  readonly since: number;
}

/** An append that was acknowledged. */
interface KnownAppend {
  readonly path: string;
  readonly streamId: number;
  readonly end: number;
  /** The step at which it was asked for. */
  readonly asked: number;
}

export class LawBroken extends Error {
  override readonly name = "LawBroken";
}

export function law(holds: boolean, broken: () => string): void {
  if (!holds) throw new LawBroken(broken());
}

export class Known {
  readonly subscriptions = new Map<number, KnownSubscription>();
  readonly appends: KnownAppend[] = [];
  readonly #shown = new Map<string, [from: number, to: number][]>();
  readonly #said = new Map<string, number>();
  readonly #holders = new Set<string>();

  /** A worker was told that it is the one that has a generation. */
  hold(number: number, generation: number): void {
    const name = `${number}/${generation}`;
    law(!this.#holders.has(name), () => `two workers were given subscription ${name}`);
    this.#holders.add(name);
  }

  /** A worker was shown that there is something behind the cursor. */
  show(number: number, streamId: number, from: number, to: number): void {
    const key = `${number}/${streamId}`;
    this.#shown.set(key, [...(this.#shown.get(key) ?? []), [from, to]]);
  }

  /** A worker says that it has processed all up to a place, heard or not. */
  say(number: number, streamId: number, to: number): void {
    const key = `${number}/${streamId}`;
    this.#said.set(key, Math.max(this.#said.get(key) ?? 0, to));
  }

  /** A cursor has passed nothing that no worker has said. */
  judgeCursor({ number, since, id }: KnownSubscription, streamId: number, acked: number): void {
    const said = this.#said.get(`${number}/${streamId}`) ?? 0;
    for (const { end, asked, streamId: of, path } of this.appends)
      law(
        of !== streamId || asked <= since || end > acked || end <= said,
        () => `${id} has its cursor of ${path} at ${acked}, but a worker said ${said}`,
      );
  }

  /** Each append that a subscription is about was shown to a worker of it. */
  judgeShown(
    { number, since, id, pattern }: KnownSubscription,
    linked: ReadonlyMap<string, number>,
    alive: ReadonlyMap<string, number>,
  ): void {
    for (const { path, streamId, end, asked } of this.appends) {
      const isAbout =
        pattern === undefined ? linked.get(path) === streamId : path.startsWith(pattern.slice(0, -1));
      if (!isAbout || asked <= since || alive.get(path) !== streamId) continue;
      const shown = this.#shown.get(`${number}/${streamId}`) ?? [];
      law(
        shown.some(([from, to]) => from < end && end <= to),
        () =>
          `${id} was never woken for what ends at ${end} of ${path} (${streamId}): ${JSON.stringify(shown)}`,
      );
    }
  }
}
