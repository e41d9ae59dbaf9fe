/** An expression as steps of a machine that goes over a text once. */
import { type Rejected, reject } from "@perennial/protocol";
import { type Takes, tabled } from "./character-set.ts";
import type { Border, Expression } from "./parse.ts";

export type Step =
  /** Takes one character, and goes on to the next step. */
  | { readonly kind: "character"; readonly takes: Takes }
  /** Goes on only at such a place. */
  | { readonly kind: "border"; readonly at: Border }
  /** Goes on at each of these. */
  | { readonly kind: "split"; to: readonly number[] }
  | { readonly kind: "match" };

/** Steps of one expression at most: each character of a text may have to be tried with all of them. */
const STEPS_MAX = 300;

export interface Program {
  readonly kind: "program";
  readonly steps: readonly Step[];
}

export function compile(expression: Expression): Program | Rejected<string> {
  const steps: Step[] = [];
  // What is repeated is written down as often as it has to be there.
  if (!write(expression, steps)) return reject("The expression is too long");
  steps.push({ kind: "match" });
  return { kind: "program", steps };
}

/** Returns whether there was room. */
function write(expression: Expression, steps: Step[]): boolean {
  if (steps.length > STEPS_MAX) return false;
  switch (expression.kind) {
    case "character":
      steps.push({ kind: "character", takes: tabled(expression.takes) });
      return true;
    case "border":
      steps.push(expression);
      return true;
    case "sequence":
      return expression.parts.every((part) => write(part, steps));
    case "choice":
      return writeChoice(expression.parts, steps);
    case "repeat":
      return writeRepeat(expression, steps);
  }
}

function writeChoice(parts: readonly Expression[], steps: Step[]): boolean {
  const split = { kind: "split" as const, to: [] as number[] };
  const ends: { to: readonly number[] }[] = [];
  steps.push(split);
  for (const part of parts) {
    split.to.push(steps.length);
    if (!write(part, steps)) return false;
    const end: Step = { kind: "split", to: [] };
    steps.push(end);
    ends.push(end);
  }
  for (const end of ends) end.to = [steps.length];
  return true;
}

function writeRepeat({ part, least, most }: Extract<Expression, { kind: "repeat" }>, steps: Step[]): boolean {
  for (let count = 0; count < least; count++) if (!write(part, steps)) return false;
  if (most === undefined) {
    const split: Step = { kind: "split", to: [] };
    const place = steps.push(split) - 1;
    if (!write(part, steps)) return false;
    steps.push({ kind: "split", to: [place] });
    split.to = [place + 1, steps.length];
    return true;
  }
  const splits: { to: readonly number[] }[] = [];
  for (let count = least; count < most; count++) {
    const split: Step = { kind: "split", to: [] };
    const place = steps.push(split) - 1;
    splits.push(split);
    if (!write(part, steps)) return false;
    split.to = [place + 1];
  }
  for (const split of splits) split.to = [...split.to, steps.length];
  return true;
}
