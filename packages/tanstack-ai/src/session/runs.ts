import { looseChunk, type TanStackChunk } from "../types.ts";

/** Which runs are under way, by what a session's chunks say of them. */
export class ActiveRuns {
  readonly #started = new Map<string, TanStackChunk>();

  /** @returns the id of the run that the chunk begins, if it begins one */
  add(chunk: TanStackChunk): string | undefined {
    const { type, runId } = looseChunk(chunk);
    const id = typeof runId === "string" ? runId : undefined;
    if (type === "RUN_STARTED" && id !== undefined) {
      const isNew = !this.#started.has(id);
      this.#started.set(id, chunk);
      return isNew ? id : undefined;
    }
    if (type === "RUN_FINISHED" && id !== undefined) this.#started.delete(id);
    else if (type === "RUN_ERROR") {
      if (id === undefined) this.#started.clear();
      else this.#started.delete(id);
    }
    return undefined;
  }

  /** The chunks that began them, oldest first. */
  get starts(): readonly TanStackChunk[] {
    return [...this.#started.values()];
  }

  /** Their ids, oldest first. */
  get ids(): readonly string[] {
    return [...this.#started.keys()];
  }
}
