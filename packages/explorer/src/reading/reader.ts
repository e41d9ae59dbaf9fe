/** The rows of a stream as continuous text: turns, where the messages have some, of blocks that do not change once the next began. */
import type { Row, RowKind } from "../feed/cut-rows.ts";
import type { Scan } from "../feed/scan-runner.ts";
import {
  contentOf,
  type Fields,
  guessShape,
  type TextPiece,
  type TextShape,
  textFields,
} from "./text-shapes.ts";

export interface Turn {
  /** Its place, which does not change. */
  readonly number: number;
  readonly who: string | undefined;
  /** Its text; all but the last end with a line break or are long. */
  readonly blocks: string[];
  isOpen: boolean;
}

/** A block ends at the first line break after so many characters, and in any case after some more. */
const BLOCK_CHARACTERS = 1_000;
const BLOCK_CHARACTERS_MAX = 16_000;
/** Messages that are kept while their shape is not known. */
const SAMPLE = 200;

export class Reader implements Scan {
  readonly turns: Turn[] = [];
  readonly #kind: RowKind;
  readonly #decoder = new TextDecoder();
  readonly #byKey = new Map<string, Turn>();
  #shape: TextShape | undefined;
  #sample: Fields[] = [];

  /** @param shape where the text of JSON messages is; undefined: it is guessed */
  constructor(kind: RowKind, shape: TextShape | undefined) {
    this.#kind = kind;
    this.#shape = shape;
  }

  /** How the messages are read: as was asked for, or as was guessed. */
  get shape(): TextShape | undefined {
    return this.#shape;
  }

  /** Fields that hold strings, as far as the first messages tell. */
  get fields(): string[] {
    return textFields(this.#sample);
  }

  apply(rows: readonly Row[]): void {
    if (this.#kind !== "json") {
      for (const { bytes } of rows) this.#write({ text: this.#decoder.decode(bytes, { stream: true }) });
      return;
    }
    const messages = rows.map(({ bytes }) => parse(bytes));
    const missed = this.#shape === undefined ? this.#sample : [];
    if (this.#sample.length < SAMPLE) this.#sample = [...this.#sample, ...messages].slice(0, SAMPLE);
    this.#shape ??= guessShape(this.#sample);
    if (this.#shape === undefined) return;
    for (const message of [...missed, ...messages]) {
      const piece = this.#shape.read(message);
      if (piece !== undefined) this.#write(piece);
    }
  }

  #write({ text, who, turn: key, starts, ends }: TextPiece): void {
    const turn = this.#turnOf(who, key, starts ?? false);
    append(turn.blocks, text);
    if (ends !== true) return;
    turn.isOpen = false;
    if (key !== undefined) this.#byKey.delete(key);
  }

  #turnOf(who: string | undefined, key: string | undefined, starts: boolean): Turn {
    const known = key === undefined ? this.turns.at(-1) : this.#byKey.get(key);
    if (known?.isOpen && !starts) return known;
    const turn: Turn = { number: this.turns.length, who, blocks: [""], isOpen: true };
    // Whoever begins without an end of what was before it has ended that.
    if (key === undefined && known !== undefined) known.isOpen = false;
    if (key !== undefined) this.#byKey.set(key, turn);
    this.turns.push(turn);
    return turn;
  }
}

function append(blocks: string[], text: string): void {
  let block = blocks.pop()! + text;
  for (let end = blockEnd(block); end !== undefined; end = blockEnd(block)) {
    blocks.push(block.slice(0, end));
    block = block.slice(end);
  }
  blocks.push(block);
}

/** Where a block is complete; undefined while it may still grow. */
function blockEnd(block: string): number | undefined {
  if (block.length <= BLOCK_CHARACTERS) return undefined;
  const line = block.indexOf("\n", BLOCK_CHARACTERS);
  if (line >= 0) return line + 1;
  return block.length > BLOCK_CHARACTERS_MAX ? BLOCK_CHARACTERS_MAX : undefined;
}

const decoder = new TextDecoder();

function parse(bytes: Uint8Array): Fields {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return typeof value === "string" ? { text: value } : contentOf(value);
  } catch {
    return {};
  }
}
