/** Deleting many streams, a few at a time. */

/** Requests at once. */
const CONCURRENT_DELETIONS = 3;

export interface Deletion {
  /** Canonical paths: just what was shown. */
  readonly paths: readonly string[];
  /** Deletes one; resolves also when it is not there any more, rejects when the server refuses. */
  readonly remove: (path: string) => Promise<void>;
  readonly signal: AbortSignal;
  /** Told after each how many are done. */
  readonly onProgress: (done: number) => void;
}

/** What was refused, and why. */
export interface Refusal {
  readonly path: string;
  readonly reason: unknown;
}

/** Deletes them all, or as many as there is time for before the signal. Resolves with what was refused. */
export async function deleteStreams({
  paths,
  remove,
  signal,
  onProgress,
}: Deletion): Promise<readonly Refusal[]> {
  const refused: Refusal[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < paths.length && !signal.aborted) {
      const path = paths[next++]!;
      await remove(path).catch((reason: unknown) => refused.push({ path, reason }));
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_DELETIONS }, work));
  return refused;
}
