/**
 * A model without a model, for tests and for whoever has no key. It understands a few requests by their words and answers them by
 * the same tools as a real one, in steps and word by word.
 */
import type { Model, ModelEvent, Step, Turn } from "./model.ts";
import { sceneFor } from "./scenes.ts";

/** Between two words, ms. */
const PACE_MS = 35;

export function scripted(paceMs = PACE_MS): Model {
  return {
    name: "scripted",
    async *next({ turns, signal }: Step): AsyncGenerator<ModelEvent> {
      const { request, answered } = sinceRequest(turns);
      const lines = sceneFor(request);
      const line = lines[answered.filter(({ kind }) => kind === "agent").length];
      const { say = "", call } = line?.(resultsOf(answered)) ?? {};
      for (const word of say.match(/\S*\s*/g) ?? []) {
        if (word === "") continue;
        await pause(paceMs, signal);
        yield { kind: "text", text: word };
      }
      if (call === undefined) return;
      await pause(paceMs * 6, signal);
      yield { kind: "call", call: { id: crypto.randomUUID(), ...call } };
    },
  };
}

const REQUEST = /^Request: ([\s\S]*)$/m;

/** The newest request, and what was said and done since. */
function sinceRequest(turns: readonly Turn[]): { request: string; answered: readonly Turn[] } {
  const at = turns.findLastIndex((turn) => turn.kind === "person" && REQUEST.test(turn.text));
  const turn = turns[at];
  const request = turn?.kind === "person" ? REQUEST.exec(turn.text)![1]!.trim() : "";
  return { request, answered: turns.slice(at + 1) };
}

function resultsOf(turns: readonly Turn[]): Readonly<Record<string, unknown>>[] {
  return turns.flatMap((turn) =>
    turn.kind === "results" ? turn.results.map(({ result }) => JSON.parse(result)) : [],
  );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
