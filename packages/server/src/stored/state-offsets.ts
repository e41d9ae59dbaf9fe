/**
 * The offsets of State messages (State Protocol, 4): a message is one of a state stream if it is an object whose
 * `headers` are an object with a text as `operation` or `control`. What readers are shown names in `headers.offset` where
 * the message ends. Stored bytes are known to be valid; nothing here checks them again.
 */
import { formatOffset } from "@perennial/protocol";
import { byteAt, scanValue, skipBlank } from "./scan-value.ts";

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** A place in stored bytes, and what is shown instead of it. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Told of each member of an object: where its name and its value begin and end, the quotation marks included. */
type Visit = (name: number, nameEnd: number, value: number, valueEnd: number) => void;

const decoder = new TextDecoder();

/** Whether the first of the stored messages belongs to a state stream. False if there is none. */
export function beginsWithStateMessage(stored: Uint8Array): boolean {
  return editOf(stored, messageAt(stored, 0).headers, "") !== undefined;
}

/**
 * Stored messages as readers of a state stream see them: each message of it has in `headers.offset` the offset at which
 * it ends, whatever was there. All else stays as it is, byte for byte.
 *
 * @param position the position at which the first of the messages begins
 */
export function nameStateOffsets(stored: Uint8Array, position: number): Uint8Array {
  const edits: Edit[] = [];
  for (let start = 0; start < stored.length; ) {
    const { headers, end } = messageAt(stored, start);
    const edit = editOf(stored, headers, formatOffset(position + end));
    if (edit !== undefined) edits.push(edit);
    start = end;
  }
  return edited(stored, edits);
}

/** A stored message: the index after its comma, and where the value of its `headers` begins, -1 if it has none. */
function messageAt(stored: Uint8Array, start: number): { readonly headers: number; readonly end: number } {
  if (byteAt(stored, start) !== OPEN_OBJECT) return { headers: -1, end: scanValue(stored, start) + 1 };
  let headers = -1;
  const close = eachMember(stored, start, (name, nameEnd, value) => {
    if (isNamed(stored, name, nameEnd, "headers")) headers = value;
  });
  return { headers, end: close + 2 };
}

/** How headers come to name an offset; undefined if they are not those of a State message. */
function editOf(stored: Uint8Array, headers: number, offset: string): Edit | undefined {
  if (byteAt(stored, headers) !== OPEN_OBJECT) return undefined;
  let operation = false;
  let control = false;
  let known: Edit | undefined;
  const close = eachMember(stored, headers, (name, nameEnd, value, valueEnd) => {
    if (isNamed(stored, name, nameEnd, "operation")) operation = stored[value] === QUOTE;
    else if (isNamed(stored, name, nameEnd, "control")) control = stored[value] === QUOTE;
    else if (isNamed(stored, name, nameEnd, "offset"))
      known = { from: value, to: valueEnd, text: `"${offset}"` };
  });
  if (!operation && !control) return undefined;
  return known ?? { from: close, to: close, text: `,"offset":"${offset}"` };
}

/** Visits the members of the object that begins at `start`, in order; returns the index of its closing bracket. */
function eachMember(bytes: Uint8Array, start: number, visit: Visit): number {
  let index = skipBlank(bytes, start + 1);
  while (bytes[index] !== CLOSE_OBJECT) {
    const nameEnd = scanValue(bytes, index);
    const value = skipBlank(bytes, skipBlank(bytes, nameEnd) + 1);
    const valueEnd = scanValue(bytes, value);
    visit(index, nameEnd, value, valueEnd);
    index = skipBlank(bytes, valueEnd);
    if (bytes[index] === COMMA) index = skipBlank(bytes, index + 1);
  }
  return index;
}

/** Whether the text in `[start, end)`, in quotation marks, is `name`, which is ASCII and needs no escapes. */
function isNamed(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  const length = end - start - 2;
  if (length < name.length) return false;
  if (length > name.length) return isEscapedName(bytes, start, end, name);
  for (let index = 0; index < length; index++)
    if (bytes[start + 1 + index] !== name.charCodeAt(index)) return false;
  return true;
}

/** The same for a text that is longer: with escapes it may be the name all the same. */
function isEscapedName(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  for (let index = start; index < end; index++) {
    if (bytes[index] === BACKSLASH) return JSON.parse(decoder.decode(bytes.subarray(start, end))) === name;
  }
  return false;
}

/** The bytes with edits, which are in order, do not overlap, and whose texts are ASCII. */
function edited(stored: Uint8Array, edits: readonly Edit[]): Uint8Array {
  if (edits.length === 0) return stored;
  const { growth, lead } = growthOf(edits);
  // Moved within one array, since a view of each piece costs more than its bytes: all of it begins so far behind its place
  // that nothing is written over before it has moved.
  const shown = new Uint8Array(stored.length + lead);
  shown.set(stored, lead);
  let read = 0;
  let written = 0;
  for (const { from, to, text } of edits) {
    shown.copyWithin(written, lead + read, lead + from);
    written += from - read;
    for (let at = 0; at < text.length; at++) shown[written++] = text.charCodeAt(at);
    read = to;
  }
  shown.copyWithin(written, lead + read);
  return shown.subarray(0, stored.length + growth);
}

/** By how much edits make bytes longer, and by how much at most what is before one of them. */
function growthOf(edits: readonly Edit[]): { readonly growth: number; readonly lead: number } {
  let growth = 0;
  let lead = 0;
  for (const { from, to, text } of edits) {
    growth += text.length - (to - from);
    lead = Math.max(lead, growth);
  }
  return { growth, lead };
}
