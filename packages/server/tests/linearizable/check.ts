/**
 * Judges a history from outside: could one stream that does one thing at a time have answered like this? It knows
 * nothing of the server.
 *
 * Since every append's token is unique, the final content tells the order of all appends that took effect, and a
 * read's length tells between which of them it took place. So there is one candidate order, and the history is
 * linearizable (Herlihy and Wing 1990) exactly when points of time can be found for it in that order: walking along it,
 * no operation may be over before one that stands ahead of it had begun.
 */
import type { AppendOperation, Operation, ReadOperation } from "./history.ts";

/** Why the history cannot be, or undefined when it can. */
export function violation(operations: readonly Operation[], finalContent: string): string | undefined {
  const tokens = finalContent.match(/\[[^\]]*\]/g) ?? [];
  if (tokens.join("") !== finalContent) return "the stream holds bytes that are no whole appends";
  const appends = operations.filter((operation) => operation.kind === "append");
  const reads = operations.filter((operation) => operation.kind === "read");
  return (
    wrongContent(tokens, appends) ?? wrongReads(finalContent, reads) ?? wrongOrder(tokens, appends, reads)
  );
}

/** Each acknowledged append is there once, each unanswered one at most once, and nothing else. */
function wrongContent(tokens: readonly string[], appends: readonly AppendOperation[]): string | undefined {
  const byToken = new Map(appends.map((append) => [append.token, append]));
  const seen = new Set<string>();
  let tail = 0;
  for (const token of tokens) {
    const append = byToken.get(token);
    tail += token.length;
    if (append === undefined) return `${token} was never sent`;
    if (seen.has(token)) return `${token} is stored twice`;
    if (append.outcome === "refused") return `${token} was refused and is stored`;
    if (append.tail !== undefined && append.tail < tail) {
      return `the answer to ${token} says ${append.tail}, but it ends at ${tail}`;
    }
    seen.add(token);
  }
  const lost = appends.find(({ outcome, token }) => outcome === "stored" && !seen.has(token));
  return lost && `${lost.token} was acknowledged and is lost`;
}

/** What a reader was given is a beginning of the stream, for ever. */
function wrongReads(finalContent: string, reads: readonly ReadOperation[]): string | undefined {
  const wrong = reads.find(({ content }) => !finalContent.startsWith(content));
  return wrong && `${wrong.client} was given bytes at ${wrong.end} that are not there`;
}

interface Step extends Pick<Operation, "start" | "end" | "client"> {
  readonly what: string;
  /** Appends before the step, and 0.5 more for a read: it comes behind the append that it saw last. */
  readonly place: number;
}

function wrongOrder(
  tokens: readonly string[],
  appends: readonly AppendOperation[],
  reads: readonly ReadOperation[],
): string | undefined {
  const places = new Map(tokens.map((token, index) => [token, index + 1]));
  const steps: Step[] = [
    ...appends.flatMap(({ token, ...times }) => {
      const place = places.get(token);
      return place === undefined ? [] : [{ ...times, place, what: `append of ${token}` }];
    }),
    ...reads.map(({ content, ...times }) => {
      const place = (content.match(/\]/g) ?? []).length;
      return { ...times, place: place + 0.5, what: `read of ${place} appends` };
    }),
  ];
  // Operations at one place are reads of the same content: they may take any order among themselves.
  steps.sort((a, b) => a.place - b.place || a.start - b.start);
  let latest: Step | undefined;
  for (const step of steps) {
    if (latest !== undefined && latest.start > step.end && latest.place !== step.place) {
      return `${step.client}'s ${step.what} was over before ${latest.client}'s ${latest.what} began, but stands behind it`;
    }
    if (latest === undefined || step.start > latest.start) latest = step;
  }
  return undefined;
}
