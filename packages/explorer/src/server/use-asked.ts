import { useEffect, useState } from "react";
import { reasonOf } from "./reason.ts";
import { waitInSight } from "./wait-in-sight.ts";

/** What a server said last. */
export interface Asked<T> {
  /** undefined until there is an answer. */
  readonly data: T | undefined;
  /** Why the last question got none. */
  readonly failure: string | undefined;
}

const NOTHING = { data: undefined, failure: undefined };

/**
 * Asks a server again and again for as long as the component is there and the page is seen.
 *
 * @param question the same function for as long as it asks the same
 * @param pauseMs between an answer and the next question
 */
export function useAsked<T>(question: (signal: AbortSignal) => Promise<T>, pauseMs: number): Asked<T> {
  const [answer, setAnswer] = useState<Asked<T> & { readonly question?: unknown }>(NOTHING);
  useEffect(() => {
    const controller = new AbortController();
    void askOn(question, pauseMs, controller.signal, (next) => setAnswer({ ...next, question }));
    return () => controller.abort();
  }, [question, pauseMs]);
  return answer.question === question ? answer : NOTHING;
}

async function askOn<T>(
  question: (signal: AbortSignal) => Promise<T>,
  pauseMs: number,
  signal: AbortSignal,
  tell: (asked: Asked<T>) => void,
): Promise<void> {
  let data: T | undefined;
  while (!signal.aborted) {
    let failure: string | undefined;
    try {
      data = await question(signal);
    } catch (error) {
      failure = reasonOf(error);
    }
    if (signal.aborted) return;
    tell({ data, failure });
    await waitInSight(pauseMs);
  }
}
