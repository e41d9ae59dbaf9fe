/** Writes blocks and text into a document in which others write, too. */
import * as Y from "yjs";
import { DELETION, type Delta, FlatText, INSERTION } from "./flat-text.ts";
import type { BlockKind, Marks, Sink } from "./markdown.ts";

/** What a writer is to know. */
export interface WriterOptions {
  readonly fragment: Y.XmlFragment;
  /** Where to begin; the end of the document if undefined. */
  readonly at: Y.RelativePosition | undefined;
  /** Set if what is written is only suggested: by which run of the agent. */
  readonly suggestedBy: string | undefined;
}

/** Attribute of blocks that are suggested, with the run's id. */
export const SUGGESTED = "suggested";

/**
 * Writes at a place that stays where it is while others write. It never moves what people have written: blocks come after the
 * one that it began in.
 */
export class DocumentWriter implements Sink {
  readonly #fragment: Y.XmlFragment;
  readonly #suggestedBy: string | undefined;
  #place: Y.RelativePosition | undefined;
  /** The block that is being written in, once there is one. */
  #block: Y.XmlElement | undefined;
  /** A list that this writer began, as long as its items follow each other. */
  #list: Y.XmlElement | undefined;
  #hasWritten = false;

  constructor({ fragment, at, suggestedBy }: WriterOptions) {
    this.#fragment = fragment;
    this.#suggestedBy = suggestedBy;
    const flat = new FlatText(fragment);
    const offset = (at && flat.offsetOf(at, fragment.doc!)) ?? flat.text.length;
    this.#block = flat.blockAt(offset)?.element;
    this.#place = flat.anchorAt(offset);
  }

  /** Behind what was written last. */
  get place(): Y.RelativePosition | undefined {
    return this.#place;
  }

  block(kind: BlockKind): void {
    const isFirst = !this.#hasWritten;
    this.#hasWritten = true;
    const block = this.#block;
    const isThere = block !== undefined && !isGone(block, this.#fragment);
    if (isFirst && isThere && kind.kind === "paragraph") return;
    const isEmpty = isFirst && isThere && isTop(block, this.#fragment) && lengthOf(block) === 0;
    const before = isThere ? topOf(block, this.#fragment) : undefined;
    this.#append(kind, before);
    if (isEmpty) this.#fragment.delete(indexIn(this.#fragment, before!), 1);
  }

  text(text: string, marks: Marks): void {
    if (text === "") return;
    const place = this.#open();
    const suggestion = this.#suggestedBy === undefined ? {} : { [INSERTION]: { run: this.#suggestedBy } };
    place.text.insert(place.index, text, { ...marks, ...suggestion });
    this.#place = Y.createRelativePositionFromTypeIndex(place.text, place.index + text.length, -1);
  }

  #append(kind: BlockKind, before: Y.XmlElement | undefined): void {
    const { top, leaf, list } = made(kind, this.#suggestedBy);
    const isListed = list !== undefined && this.#list?.nodeName === top.nodeName && this.#list === before;
    if (isListed) before.push([list]);
    else {
      const at = before === undefined ? this.#fragment.length : indexIn(this.#fragment, before) + 1;
      this.#fragment.insert(at, [top]);
      this.#list = list && top;
      if (list !== undefined) top.push([list]);
    }
    this.#block = leaf;
    this.#place = Y.createRelativePositionFromTypeIndex(leaf, 0, -1);
  }

  /** Where the next characters go. If somebody has deleted the block meanwhile, a new one at the end. */
  #open(): { text: Y.XmlText; index: number } {
    const doc = this.#fragment.doc!;
    const place = this.#place && Y.createAbsolutePositionFromRelativePosition(this.#place, doc);
    if (place?.type instanceof Y.XmlText && !isGone(place.type, this.#fragment))
      return { text: place.type, index: place.index };
    if (this.#block === undefined || isGone(this.#block, this.#fragment))
      this.#append({ kind: "paragraph" }, undefined);
    const text = new Y.XmlText();
    this.#block!.insert(0, [text]);
    return { text, index: 0 };
  }
}

/** The new elements of a block: the one at the top, the one with the text, and between them the item of a list. */
function made(kind: BlockKind, suggestedBy: string | undefined) {
  const leaf = new Y.XmlElement(kind.kind === "heading" ? "heading" : "paragraph");
  if (kind.kind === "heading") leaf.setAttribute("level", kind.level as unknown as string);
  if (suggestedBy !== undefined) leaf.setAttribute(SUGGESTED, suggestedBy);
  if (kind.kind === "paragraph" || kind.kind === "heading") return { top: leaf, leaf, list: undefined };
  const list = new Y.XmlElement("listItem");
  list.insert(0, [leaf]);
  return { top: new Y.XmlElement(kind.kind === "bullet" ? "bulletList" : "orderedList"), leaf, list };
}

/** Deletes [from, to), or marks it as to be deleted. What is itself only suggested goes at once. */
export function removeRange(flat: FlatText, from: number, to: number, suggestedBy: string | undefined): void {
  for (const { text, index, length } of flat.stretches(from, to).reverse()) {
    const isOwn = suggestedBy !== undefined && isSuggested(text, index);
    if (suggestedBy === undefined || isOwn) text.delete(index, length);
    else text.format(index, length, { [DELETION]: { run: suggestedBy } });
  }
}

/** Deletes blocks that lie in [from, to) with all of their text and have none left; not the one that the range begins in. */
export function removeEmptied(fragment: Y.XmlFragment, flat: FlatText, from: number, to: number): void {
  for (const { element, start, end } of flat.blocks)
    if (start > from && end <= to && element.parent === fragment && lengthOf(element) === 0)
      fragment.delete(indexIn(fragment, element), 1);
}

/** Gives [from, to) marks, or takes those that are null. */
export function formatRange(
  flat: FlatText,
  from: number,
  to: number,
  marks: Readonly<Record<string, object | null>>,
): void {
  for (const { text, index, length } of flat.stretches(from, to)) text.format(index, length, { ...marks });
}

/**
 * Makes another kind of block of one: it gets a new element, with the same text.
 *
 * @param element a child of the fragment
 */
export function convertBlock(fragment: Y.XmlFragment, element: Y.XmlElement, kind: BlockKind): Y.XmlElement {
  const { top, leaf, list } = made(kind, undefined);
  const text = new Y.XmlText();
  leaf.insert(0, [text]);
  const at = indexIn(fragment, element);
  fragment.insert(at + 1, [top]);
  if (list !== undefined) top.push([list]);
  text.applyDelta(textsOf(element).flatMap((child) => child.toDelta() as Delta[]));
  fragment.delete(at, 1);
  return leaf;
}

function isSuggested(text: Y.XmlText, index: number): boolean {
  let at = 0;
  for (const { insert, attributes } of text.toDelta() as Delta[]) {
    at += typeof insert === "string" ? insert.length : 1;
    if (index < at) return attributes?.[INSERTION] !== undefined;
  }
  return false;
}

function textsOf(element: Y.XmlElement): Y.XmlText[] {
  return element.toArray().filter((child) => child instanceof Y.XmlText);
}

function lengthOf(element: Y.XmlElement): number {
  return textsOf(element).reduce((sum, { length }) => sum + length, 0);
}

/** Whether somebody has deleted it. */
function isGone(type: Y.XmlElement | Y.XmlText, fragment: Y.XmlFragment): boolean {
  let at: { readonly parent: unknown; readonly _item: Y.Item | null } = type;
  while (at !== fragment) {
    if (at._item === null || at._item.deleted) return true;
    at = at.parent as typeof at;
  }
  return false;
}

function isTop(element: Y.XmlElement, fragment: Y.XmlFragment): boolean {
  return element.parent === fragment;
}

/** The child of the fragment that an element is part of. */
function topOf(element: Y.XmlElement, fragment: Y.XmlFragment): Y.XmlElement {
  let top = element;
  while (top.parent !== fragment) top = top.parent as Y.XmlElement;
  return top;
}

function indexIn(fragment: Y.XmlFragment, child: Y.XmlElement): number {
  return fragment.toArray().indexOf(child);
}
