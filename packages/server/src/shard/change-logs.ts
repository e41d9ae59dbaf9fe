/**
 * What changed, kept for each owner of streams by itself: whoever asks learns nothing of how busy others are, neither by a
 * number nor by having to begin anew because somebody else's changes took the room.
 */
import { STREAM_ROOT } from "@perennial/protocol";
import { isOwnPath } from "../stream/paths.ts";
import { ChangeLog, type ChangeLogOptions, type ChangePlace, type Changes } from "./change-log.ts";

/** The prefix of all streams. */
const ALL = `${STREAM_ROOT}/`;
/** Owners whose changes are kept at a time; of more, those who asked last. */
const OWNERS_MAX = 64;

export class ChangeLogs {
  readonly #options: ChangeLogOptions;
  readonly #ownersMax: number;
  /** By prefix, who asked longest ago first. */
  readonly #logs = new Map<string, ChangeLog>();

  constructor(options: ChangeLogOptions, ownersMax = OWNERS_MAX) {
    this.#options = options;
    this.#ownersMax = ownersMax;
  }

  /** A stream has changed, as its readers see it. Costs a comparison while nobody asks. */
  note(path: string): void {
    if (this.#logs.size === 0 || isOwnPath(path)) return;
    this.#logs.get(ALL)?.note(path);
    const end = path.indexOf("/", ALL.length);
    if (end > 0) this.#logs.get(path.slice(0, end + 1))?.note(path);
  }

  /**
   * What changed after a place. From here on it is kept.
   *
   * @param prefix of the paths that are asked about: that of all streams, or one segment more
   * @param since undefined for whoever begins
   * @param limit paths at most
   */
  since(prefix: string, since: ChangePlace | undefined, limit: number): Changes {
    const log = this.#logs.get(prefix) ?? new ChangeLog(this.#options);
    this.#logs.delete(prefix);
    this.#logs.set(prefix, log);
    if (this.#logs.size > this.#ownersMax) this.#logs.delete(this.#logs.keys().next().value!);
    return log.since(since, limit);
  }
}
