/** Many streams copied, some at a time. */
import { Failure } from "../failure.ts";

/** Streams under way at once: enough to hide the way there and back, and no burden to the source. */
const AT_ONCE = 8;

export interface CopiedAll {
  readonly copied: number;
  readonly failed: number;
}

/**
 * Copies each. One that fails is told of on standard error, and the others go on.
 *
 * @param copyOne throws a `Failure` if it fails; anything else is a bug, and ends all
 */
export async function copyAll(
  names: AsyncGenerator<string>,
  copyOne: (name: string) => Promise<void>,
): Promise<CopiedAll> {
  let [copied, failed] = [0, 0];
  const work = async (): Promise<void> => {
    for (let next = await names.next(); next.done !== true; next = await names.next()) {
      try {
        await copyOne(next.value);
        copied += 1;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failed += 1;
        process.stderr.write(`${error.message}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { copied, failed };
}
