/** A rich text as one line of characters, so that it can be searched and named by positions. */
import * as Y from "yjs";

/** A stretch of characters that lie together in one text of the document. */
interface Piece {
  readonly text: Y.XmlText;
  /** Where it begins in `text`. */
  readonly index: number;
  readonly length: number;
  /** Where it begins in the flat text. */
  readonly start: number;
}

/** A paragraph, a heading, a block of code: what holds text itself. */
export interface Block {
  readonly element: Y.XmlElement;
  /** [start, end) in the flat text, without the line break after it. */
  readonly start: number;
  readonly end: number;
}

/** A part of one text, `length` characters from `index`. */
export interface Stretch {
  readonly text: Y.XmlText;
  readonly index: number;
  readonly length: number;
}

/** Marks of what is only suggested. */
export const INSERTION = "insertion";
export const DELETION = "deletion";

const HOLDS_TEXT = new Set(["paragraph", "heading", "codeBlock"]);

/**
 * A document as it is now: its blocks, with a line break between each. What is suggested to be deleted is left out, and what
 * is suggested to be there is in it. It is made anew whenever it is needed, as others write meanwhile.
 */
export class FlatText {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly #pieces: readonly Piece[];

  constructor(fragment: Y.XmlFragment) {
    const blocks: Block[] = [];
    const pieces: Piece[] = [];
    let text = "";
    for (const element of leaves(fragment)) {
      if (blocks.length > 0) text += "\n";
      const start = text.length;
      for (const { insert, ...stretch } of stretchesOf(element)) {
        pieces.push({ ...stretch, start: text.length });
        text += insert;
      }
      blocks.push({ element, start, end: text.length });
    }
    this.text = text;
    this.blocks = blocks;
    this.#pieces = pieces;
  }

  /** The block at a position; undefined in an empty document. */
  blockAt(offset: number): Block | undefined {
    return this.blocks.find(({ start, end }) => start <= offset && offset <= end) ?? this.blocks.at(-1);
  }

  /** Parts of texts that [from, to) goes over, in order. */
  stretches(from: number, to: number): Stretch[] {
    return this.#pieces.flatMap(({ text, index, length, start }) => {
      const [first, end] = [Math.max(from, start), Math.min(to, start + length)];
      return first < end ? [{ text, index: index + first - start, length: end - first }] : [];
    });
  }

  /** An address that stays at these characters while others write; it keeps to what is before it. */
  anchorAt(offset: number): Y.RelativePosition | undefined {
    const block = this.blockAt(offset);
    if (block === undefined) return undefined;
    const place = this.#placeIn(block, offset);
    return place === undefined
      ? Y.createRelativePositionFromTypeIndex(block.element, 0, -1)
      : Y.createRelativePositionFromTypeIndex(place.text, place.index, -1);
  }

  /** Where an address points to now; undefined if its block is gone. */
  offsetOf(anchor: Y.RelativePosition, doc: Y.Doc): number | undefined {
    const place = Y.createAbsolutePositionFromRelativePosition(anchor, doc);
    if (place === null) return undefined;
    if (place.type instanceof Y.XmlText) return this.#offsetIn(place.type, place.index);
    const block = this.blocks.find(({ element }) => element === place.type);
    return block === undefined ? undefined : place.index === 0 ? block.start : block.end;
  }

  #placeIn(block: Block, offset: number): { text: Y.XmlText; index: number } | undefined {
    const piece = this.#pieces.find(
      ({ text, start, length }) =>
        text.parent === block.element && start <= offset && offset <= start + length,
    );
    if (piece !== undefined) return { text: piece.text, index: piece.index + offset - piece.start };
    const only = block.element.toArray().find((child) => child instanceof Y.XmlText);
    return only === undefined ? undefined : { text: only, index: 0 };
  }

  #offsetIn(text: Y.XmlText, index: number): number | undefined {
    const pieces = this.#pieces.filter((piece) => piece.text === text);
    for (const piece of pieces) {
      if (index < piece.index) return piece.start;
      if (index <= piece.index + piece.length) return piece.start + index - piece.index;
    }
    const last = pieces.at(-1);
    if (last !== undefined) return last.start + last.length;
    return this.blocks.find(({ element }) => element === text.parent)?.start;
  }
}

/** Elements that hold text themselves, in the order of the document. */
function* leaves(parent: Y.XmlFragment): Generator<Y.XmlElement> {
  for (const child of parent.toArray()) {
    if (!(child instanceof Y.XmlElement)) continue;
    if (HOLDS_TEXT.has(child.nodeName)) yield child;
    else yield* leaves(child);
  }
}

function* stretchesOf(element: Y.XmlElement): Generator<Stretch & { readonly insert: string }> {
  for (const child of element.toArray()) {
    if (!(child instanceof Y.XmlText)) continue;
    let index = 0;
    for (const { insert, attributes } of child.toDelta() as Delta[]) {
      const length = typeof insert === "string" ? insert.length : 1;
      if (typeof insert === "string" && attributes?.[DELETION] === undefined)
        yield { text: child, index, length, insert };
      index += length;
    }
  }
}

/** One part of a text with its marks, as Yjs tells it. */
export interface Delta {
  readonly insert: string | object;
  readonly attributes?: Readonly<Record<string, unknown>>;
}
