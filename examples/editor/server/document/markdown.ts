/** Markdown as it comes from a model, piece by piece, to blocks and marked text. */

export type BlockKind =
  | { readonly kind: "paragraph" }
  | { readonly kind: "heading"; readonly level: number }
  | { readonly kind: "bullet" }
  | { readonly kind: "numbered" };

/** Marks of a text, as the editor's Yjs binding stores them. */
export type Marks = Readonly<Record<string, object>>;

/** What takes the blocks and the text. */
export interface Sink {
  /** A block begins; the one before it has ended. */
  block(kind: BlockKind): void;
  text(text: string, marks: Marks): void;
}

/** What reads text piece by piece. */
export interface Reader {
  push(text: string): void;
  /** There is no more. */
  end(): void;
}

/** What a line may begin with; `undefined` while it is too short to tell. */
const PREFIX = /^(?:(#{1,6}) +|[-*+] +|\d{1,3}[.)] +)/;
const MAYBE_PREFIX = /^(?:#{1,6} *|[-*+] *|\d{1,3}[.)]? *)$/;
const MARKS: Readonly<Record<string, string>> = {
  "**": "bold",
  __: "bold",
  "*": "italic",
  _: "italic",
  "`": "code",
};

/**
 * Reads headings, lists, paragraphs, bold, italic and code. Anything else is text. It holds back no more than the beginning of
 * a line and a single sign, so what it was given shows at once.
 */
export class MarkdownReader implements Reader {
  readonly #sink: Sink;
  /** What the line begins with, as long as its kind is not known. */
  #line: string | undefined = "";
  /** A sign that may be the first half of another. */
  #held = "";
  #inParagraph = false;
  #marks = new Set<string>();
  /** The sign before the next, which tells `snake_case` from an emphasis. */
  #before = " ";

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  push(text: string): void {
    for (const sign of text.replaceAll("\r", "")) {
      if (sign === "\n") this.#endLine();
      else if (this.#line === undefined) this.#inline(sign);
      else this.#begin(sign);
    }
  }

  end(): void {
    this.#endLine();
  }

  #begin(sign: string): void {
    const line = (this.#line + sign).trimStart();
    this.#line = line;
    if (line === "" || MAYBE_PREFIX.test(line)) return;
    this.#startLine(line);
  }

  #startLine(line: string): void {
    const prefix = PREFIX.exec(line);
    this.#line = undefined;
    if (prefix !== null) this.#open(kindOf(prefix));
    else if (this.#inParagraph) this.#emit(" ");
    else this.#open({ kind: "paragraph" });
    this.#inParagraph = prefix === null;
    for (const sign of line.slice(prefix?.[0].length ?? 0)) this.#inline(sign);
  }

  #open(kind: BlockKind): void {
    this.#marks.clear();
    this.#before = " ";
    this.#sink.block(kind);
  }

  #endLine(): void {
    const line = this.#line?.trim();
    if (line === "") this.#inParagraph = false;
    else if (line !== undefined) this.#startLine(line);
    this.#release("");
    this.#line = "";
    if (!this.#inParagraph) this.#marks.clear();
  }

  #inline(sign: string): void {
    if (this.#held === "" && (sign === "*" || sign === "_") && !this.#marks.has("code")) {
      this.#held = sign;
      return;
    }
    if (this.#held === sign && this.#held !== "") {
      this.#held = "";
      this.#toggle(sign + sign);
      return;
    }
    this.#release(sign);
    if (sign === "`") this.#toggle(sign);
    else if ((sign === "*" || sign === "_") && !this.#marks.has("code")) this.#held = sign;
    else this.#emit(sign);
  }

  /** A single sign is a mark beside a word, and a sign of its own anywhere else. */
  #release(next: string): void {
    const sign = this.#held;
    this.#held = "";
    if (sign === "") return;
    const opens = /\S/.test(next) && /[\s([{"'“*]/.test(this.#before);
    if (opens || this.#marks.has(MARKS[sign]!)) this.#toggle(sign);
    else this.#emit(sign);
  }

  #toggle(sign: string): void {
    const mark = MARKS[sign]!;
    if (!this.#marks.delete(mark)) this.#marks.add(mark);
  }

  #emit(text: string): void {
    this.#before = text;
    this.#sink.text(text, Object.fromEntries([...this.#marks].map((mark) => [mark, {}])));
  }
}

function kindOf([prefix, hashes]: RegExpExecArray): BlockKind {
  if (hashes !== undefined) return { kind: "heading", level: hashes.length };
  return /^\d/.test(prefix) ? { kind: "numbered" } : { kind: "bullet" };
}

/** Text without marks: each line is a paragraph. */
export class PlainReader implements Reader {
  readonly #sink: Sink;
  #isNew = true;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  push(text: string): void {
    for (const [index, line] of text.replaceAll("\r", "").split("\n").entries()) {
      if (index > 0) this.#isNew = true;
      if (line === "") continue;
      if (this.#isNew) this.#sink.block({ kind: "paragraph" });
      this.#isNew = false;
      this.#sink.text(line, {});
    }
  }

  end(): void {}
}
