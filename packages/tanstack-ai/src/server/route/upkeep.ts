import { compactDurableChatSession } from "../compact.ts";
import type { DurableChatSessionStreamTarget } from "../target.ts";
import { endVanishedRuns } from "../vanished.ts";

/** Of so many sessions it is kept in mind when they were folded. Of those that are forgotten the next answer is folded. */
const SESSIONS_MAX = 10_000;

/** Keeps sessions short, and ends runs in them whose writers are gone. What goes wrong is logged: nobody waits for it. */
export class Upkeep {
  readonly #foldEvery: number;
  /** Of each session, the answers that this process wrote since it was folded. */
  readonly #answers = new Map<string, number>();
  readonly #guarded = new Set<string>();

  constructor(foldEvery: number) {
    this.#foldEvery = foldEvery;
  }

  /** An answer is complete. A process that has just begun folds after its first: it does not know what others wrote. */
  async answered(session: DurableChatSessionStreamTarget): Promise<void> {
    const key = String(session.writeUrl);
    const count = this.#answers.get(key) ?? 0;
    // The one that was answered last comes last.
    this.#answers.delete(key);
    this.#answers.set(key, (count + 1) % this.#foldEvery);
    if (this.#answers.size > SESSIONS_MAX) this.#answers.delete(this.#answers.keys().next().value as string);
    if (count > 0) return;
    try {
      const { kind } = await compactDurableChatSession(session);
      // The next question came faster.
      if (kind === "running") this.#answers.set(key, 0);
    } catch (error) {
      console.error(`${key} could not be folded`, error);
    }
  }

  /** There are runs that this process does not write. Ends those whose writers are gone. */
  async guard(session: DurableChatSessionStreamTarget): Promise<void> {
    const key = String(session.writeUrl);
    if (this.#guarded.has(key)) return;
    this.#guarded.add(key);
    await endVanishedRuns(session).catch((error: unknown) =>
      console.error(`The runs of ${key} could not be watched`, error),
    );
    this.#guarded.delete(key);
  }
}
