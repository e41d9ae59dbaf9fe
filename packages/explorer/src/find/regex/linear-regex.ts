/**
 * Regular expressions whose time is proportional to the text, whatever the text and the expression. Those of JavaScript
 * try one way after another, which for some takes longer than anybody lives: and here the texts are written by strangers.
 */
import type { Rejected } from "@perennial/protocol";
import { isWord } from "./character-set.ts";
import { type Border, type Flags, parseExpression } from "./parse.ts";
import { compile, type Step } from "./program.ts";

/** A part of a text, in UTF-16 units: [start, end). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Parses an expression. Refused is what cannot be found by going over a text once: looking around, and back-references. */
export function linearRegex(source: string, flags: Flags): LinearRegex | Rejected<string> {
  const expression = parseExpression(source, flags);
  if (expression.kind === "rejected") return expression;
  const program = compile(expression);
  return program.kind === "rejected" ? program : new LinearRegex(program.steps);
}

/** Where the machine may be at a character: steps, each with where its match began, those that began first first. */
class Places {
  readonly steps: number[] = [];
  readonly starts: number[] = [];
  readonly #metAt: Int32Array;

  constructor(count: number) {
    this.#metAt = new Int32Array(count).fill(-1);
  }

  /** Whether the step is new at this place of the text. */
  meets(step: number, at: number): boolean {
    if (this.#metAt[step] === at) return false;
    this.#metAt[step] = at;
    return true;
  }

  clear(): void {
    this.steps.length = 0;
    this.starts.length = 0;
  }
}

export class LinearRegex {
  readonly kind = "regex";
  readonly #steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  test(text: string): boolean {
    return this.#run(text, 0, true) !== undefined;
  }

  /** The first match that begins at `from` or later, and the longest of those that begin there. */
  find(text: string, from: number): Span | undefined {
    return this.#run(text, from, false);
  }

  #run(text: string, from: number, isAnyEnough: boolean): Span | undefined {
    let now = new Places(this.#steps.length);
    let next = new Places(this.#steps.length);
    let found: Span | undefined;
    for (let at = from; at <= text.length; ) {
      // Later beginnings do not count once there is a match.
      if (found === undefined) this.#enter(now, 0, at, at, text);
      if (now.steps.length === 0 && found !== undefined) return found;
      const character = text.codePointAt(at);
      const width = character !== undefined && character > 0xffff ? 2 : 1;
      next.clear();
      for (let index = 0; index < now.steps.length; index++) {
        const place = now.steps[index]!;
        const start = now.starts[index]!;
        if (found !== undefined && start > found.start) break;
        const step = this.#steps[place]!;
        if (step.kind === "match") {
          found = { start, end: at };
          if (isAnyEnough) return found;
        } else if (step.kind === "character" && character !== undefined && step.takes(character))
          this.#enter(next, place + 1, start, at + width, text);
      }
      [now, next] = [next, now];
      at += width;
    }
    return found;
  }

  /** Adds a step, and those that it leads to without taking a character. */
  #enter(places: Places, first: number, start: number, at: number, text: string): void {
    const waiting = [first];
    while (waiting.length > 0) {
      const place = waiting.pop()!;
      if (!places.meets(place, at)) continue;
      const step = this.#steps[place]!;
      if (step.kind === "split") waiting.push(...step.to);
      else if (step.kind === "border") {
        if (isBorder(step.at, text, at)) waiting.push(place + 1);
      } else {
        places.steps.push(place);
        places.starts.push(start);
      }
    }
  }
}

function isBorder(border: Border, text: string, at: number): boolean {
  if (border === "start") return at === 0;
  if (border === "end") return at === text.length;
  const before = at > 0 && isWord(text.charCodeAt(at - 1));
  const after = at < text.length && isWord(text.charCodeAt(at));
  return (before !== after) === (border === "word");
}
