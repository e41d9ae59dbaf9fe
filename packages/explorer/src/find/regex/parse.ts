/** Expressions as JavaScript writes them, as a tree. What needs to go back over a text is refused: see `linear-regex.ts`. */
import { type Rejected, reject } from "@perennial/protocol";
import { inAnyCase, isDigit, isLineBreak, isSpace, isWord, not, type Takes } from "./character-set.ts";

/** One expression. `repeat` without `most` has no end. */
export type Expression =
  | { readonly kind: "character"; readonly takes: Takes }
  | { readonly kind: "border"; readonly at: Border }
  | { readonly kind: "sequence"; readonly parts: readonly Expression[] }
  | { readonly kind: "choice"; readonly parts: readonly Expression[] }
  | {
      readonly kind: "repeat";
      readonly part: Expression;
      readonly least: number;
      readonly most: number | undefined;
    };

export type Border = "start" | "end" | "word" | "no-word";

export interface Flags {
  /** In any letter case. */
  readonly i: boolean;
  /** A dot takes line breaks, too. */
  readonly s: boolean;
}

/** What stands for one place of a text: a character, or a class of them, which has no code. */
interface Member {
  readonly code: number | undefined;
  readonly takes: Takes;
}

function one(code: number): Member {
  return { code, takes: (character) => character === code };
}

/** Groups within groups at most: the parser goes into them. */
const DEPTH_MAX = 100;

/** Parses an expression. The reason of a refusal is for whoever wrote it. */
export function parseExpression(source: string, flags: Flags): Expression | Rejected<string> {
  const parser = new Parser(source, flags);
  const expression = parser.choice(0);
  return parser.problem === undefined ? expression : reject(parser.problem);
}

const ESCAPED_CLASSES: Readonly<Record<string, Takes>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const HYPHEN = 0x2d;
const BACKSPACE = 0x08;
const CONTROLS: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

class Parser {
  /** What is wrong; the first thing. */
  problem: string | undefined;
  readonly #characters: readonly string[];
  readonly #flags: Flags;
  #at = 0;

  constructor(source: string, flags: Flags) {
    this.#characters = [...source];
    this.#flags = flags;
  }

  choice(depth: number): Expression {
    const parts = [this.#sequence(depth)];
    while (this.#takes("|")) parts.push(this.#sequence(depth));
    if (depth === 0 && this.#peek !== undefined) this.#fail("There is a “)” without its “(”");
    return parts.length === 1 ? parts[0]! : { kind: "choice", parts };
  }

  get #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #takes(character: string): boolean {
    if (this.#peek !== character) return false;
    this.#at++;
    return true;
  }

  #fail(reason: string): Expression {
    this.problem ??= reason;
    this.#at = this.#characters.length;
    return { kind: "sequence", parts: [] };
  }

  #sequence(depth: number): Expression {
    const parts: Expression[] = [];
    while (this.#peek !== undefined && this.#peek !== "|" && this.#peek !== ")")
      parts.push(this.#repeated(this.#atom(depth)));
    return { kind: "sequence", parts };
  }

  #repeated(part: Expression): Expression {
    const times = this.#times();
    if (times === undefined) return part;
    if (part.kind === "border") return this.#fail("There is nothing to repeat");
    // How much is taken first makes no difference to whether there is a match.
    this.#takes("?");
    return { kind: "repeat", part, ...times };
  }

  #times(): { readonly least: number; readonly most: number | undefined } | undefined {
    if (this.#takes("*")) return { least: 0, most: undefined };
    if (this.#takes("+")) return { least: 1, most: undefined };
    if (this.#takes("?")) return { least: 0, most: 1 };
    const counts = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(
      this.#characters.slice(this.#at, this.#at + 12).join(""),
    );
    if (counts === null) return undefined;
    this.#at += counts[0].length;
    const least = Number(counts[1]);
    if (counts[2] === undefined) return { least, most: least };
    const most = counts[3] === "" ? undefined : Number(counts[3]);
    if (most !== undefined && most < least) this.#fail(`${counts[0]} ends before it begins`);
    return { least, most };
  }

  #atom(depth: number): Expression {
    const character = this.#characters[this.#at++]!;
    if (character === "(") return this.#group(depth + 1);
    if (character === "[") return this.#character(this.#set());
    if (character === ".") return { kind: "character", takes: this.#flags.s ? () => true : not(isLineBreak) };
    if (character === "^") return { kind: "border", at: "start" };
    if (character === "$") return { kind: "border", at: "end" };
    if (character === "\\") return this.#escaped();
    if ("*+?".includes(character)) return this.#fail(`There is nothing to repeat before “${character}”`);
    return this.#exactly(character.codePointAt(0)!);
  }

  #group(depth: number): Expression {
    if (depth > DEPTH_MAX) return this.#fail("The groups lie too deep in each other");
    if (this.#takes("?")) {
      const next = this.#characters.slice(this.#at, this.#at + 2).join("");
      if (next[0] !== ":" && !/^<[^=!]/.test(next))
        return this.#fail("Looking ahead and behind is not supported");
      while (this.#peek !== undefined && this.#peek !== ":" && this.#peek !== ">") this.#at++;
      this.#at++;
    }
    const inner = this.choice(depth);
    return this.#takes(")") ? inner : this.#fail("A “(” has no “)”");
  }

  #escaped(): Expression {
    const letter = this.#peek;
    if (letter === "b" || letter === "B") {
      this.#at++;
      return { kind: "border", at: letter === "b" ? "word" : "no-word" };
    }
    if (letter !== undefined && /[1-9kpP]/.test(letter)) return this.#fail(`“\\${letter}” is not supported`);
    const { code, takes } = this.#escape();
    return code === undefined ? { kind: "character", takes } : this.#exactly(code);
  }

  /** What stands after a backslash. */
  #escape(): Member {
    const letter = this.#characters[this.#at++];
    if (letter === undefined) {
      this.#fail("There is nothing behind the last “\\”");
      return one(0);
    }
    if (Object.hasOwn(ESCAPED_CLASSES, letter)) return { code: undefined, takes: ESCAPED_CLASSES[letter]! };
    if (Object.hasOwn(CONTROLS, letter)) return one(CONTROLS[letter]!);
    const digits = letter === "x" ? 2 : letter === "u" ? 4 : 0;
    const code = this.#characters.slice(this.#at, this.#at + digits).join("");
    if (digits === 0 || code.length < digits || /[^\da-f]/i.test(code)) return one(letter.codePointAt(0)!);
    this.#at += digits;
    return one(Number.parseInt(code, 16));
  }

  /** What stands between square brackets. */
  #set(): Takes {
    const isNegated = this.#takes("^");
    const parts: Takes[] = [];
    while (this.#peek !== undefined && this.#peek !== "]") {
      const from = this.#member();
      parts.push(from.code === undefined ? from.takes : this.#range(from.code));
    }
    if (!this.#takes("]")) this.#fail("A “[” has no “]”");
    const takes: Takes = (character) => parts.some((part) => part(character));
    const folded = this.#flags.i ? inAnyCase(takes) : takes;
    return isNegated ? not(folded) : folded;
  }

  #range(from: number): Takes {
    const isRange = this.#peek === "-" && this.#characters[this.#at + 1] !== "]";
    if (!isRange) return (character) => character === from;
    this.#at++;
    const to = this.#peek === undefined ? one(from) : this.#member();
    const last = to.code;
    if (last === undefined)
      return (character) => character === from || character === HYPHEN || to.takes(character);
    if (last < from) this.#fail("A range between “[” and “]” ends before it begins");
    return (character) => character >= from && character <= last;
  }

  #member(): Member {
    const character = this.#characters[this.#at++]!;
    if (character !== "\\") return one(character.codePointAt(0)!);
    if (this.#takes("b")) return one(BACKSPACE);
    return this.#escape();
  }

  #exactly(code: number): Expression {
    const { takes } = one(code);
    return this.#character(this.#flags.i ? inAnyCase(takes) : takes);
  }

  #character(takes: Takes): Expression {
    return { kind: "character", takes };
  }
}
