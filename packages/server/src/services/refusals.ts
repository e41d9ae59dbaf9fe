/** Requests that were refused, counted by what they were, with the first of each kind: of a flood a few lines are kept. */
import { ownText } from "../stream/own-text.ts";

/** One kind of refusals. */
export interface Refused {
  readonly status: number;
  /** The first segment below the streams' root: the service that was meant, if there is one of that name. */
  readonly segment: string;
  readonly count: number;
  /** The first of them. */
  readonly method: string;
  /** Without its query, which may hold a token; cut. */
  readonly path: string;
}

/** Kinds that are told apart; those of more count as one. */
const KINDS_MAX = 20;
const PATH_MAX = 200;
const SEGMENT = /^\/v1\/stream\/([a-z0-9-]{1,63})(?:\/|$)/i;

export class Refusals {
  readonly #kinds = new Map<string, Refused & { count: number }>();

  /** @param target as sent */
  note(status: number, method: string, target: string): void {
    const path = target.split("?", 1)[0]!;
    const segment = SEGMENT.exec(path)?.[1] ?? "";
    const known = this.#kinds.get(`${status} ${segment}`) ?? this.#kinds.get(String(status));
    if (known !== undefined) known.count += 1;
    else {
      const isNamed = this.#kinds.size < KINDS_MAX;
      const sample = { method: ownText(method), path: ownText(path.slice(0, PATH_MAX)), count: 1 };
      const kept = ownText(isNamed ? segment : "");
      this.#kinds.set(isNamed ? `${status} ${segment}` : String(status), {
        status,
        segment: kept,
        ...sample,
      });
    }
  }

  /** All since it was last asked. */
  take(): readonly Refused[] {
    const taken = [...this.#kinds.values()];
    this.#kinds.clear();
    return taken;
  }
}
