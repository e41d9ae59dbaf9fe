/** Changes of a tab that follows go to the one that leads, which says when the server has them. */
import type { SendOutcome } from "../core/outbox.ts";
import type { Post } from "../provider/sender.ts";
import type { TabMessage } from "./tab-group.ts";

export class LeaderPost {
  readonly #post: (message: TabMessage) => void;
  readonly #from: string;
  #number = 0;
  #waiting: ((outcome: SendOutcome) => void) | undefined;

  /** @param post to the other tabs */
  constructor(from: string, post: (message: TabMessage) => void) {
    this.#from = from;
    this.#post = post;
  }

  readonly send: Post = ({ body }, signal) =>
    new Promise((resolve) => {
      const again = (): void => this.#waiting?.({ kind: "again" });
      this.#waiting = (outcome) => {
        // The signal outlives many changes.
        signal.removeEventListener("abort", again);
        resolve(outcome);
      };
      signal.addEventListener("abort", again);
      this.#post({ kind: "change", from: this.#from, number: ++this.#number, body });
    });

  /** The server has what was sent under this number. */
  onStored(number: number): void {
    if (number === this.#number) this.#waiting?.({ kind: "stored" });
  }

  /** Another tab leads, or this one: what was under way is to be sent again. */
  onLeaderChanged(): void {
    this.#number++;
    this.#waiting?.({ kind: "again" });
  }
}
