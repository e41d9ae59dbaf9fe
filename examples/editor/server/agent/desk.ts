/** What the agent has before it during one run: its cursor, its selection, what it has found. */
import type * as Y from "yjs";
import type { Mode } from "../../shared/chat.ts";
import { FlatText } from "../document/flat-text.ts";
import { MarkdownReader, PlainReader, type Reader } from "../document/markdown.ts";
import { DocumentWriter } from "../document/writer.ts";
import type { AgentPeer } from "./peer.ts";

/** A part of the document that stays where it is while others write. */
export interface Range {
  readonly anchor: Y.RelativePosition;
  readonly head: Y.RelativePosition;
}

export type Format = "plain_text" | "markdown";

/** How many finds are remembered at most. */
const MAX_MATCHES = 200;

export class Desk {
  readonly peer: AgentPeer;
  readonly run: string;
  /** Set if this run only suggests. */
  readonly suggestedBy: string | undefined;
  readonly matches = new Map<string, Range>();
  cursor: Y.RelativePosition | undefined;
  selection: Range | undefined;
  /** How what the model says next goes into the document, instead of into the chat. */
  streaming: Format | undefined;
  edits = 0;
  #found = 0;

  constructor(peer: AgentPeer, run: string, mode: Mode) {
    this.peer = peer;
    this.run = run;
    this.suggestedBy = mode === "suggest" ? run : undefined;
  }

  /** The document as it is now. */
  flat(): FlatText {
    return new FlatText(this.peer.fragment);
  }

  /** [from, to) of a range; undefined if it is gone. */
  offsetsOf(flat: FlatText, { anchor, head }: Range): readonly [number, number] | undefined {
    const [a, b] = [flat.offsetOf(anchor, this.peer.doc), flat.offsetOf(head, this.peer.doc)];
    return a === undefined || b === undefined ? undefined : [Math.min(a, b), Math.max(a, b)];
  }

  /** Where the cursor is; the end of the document if it was never put anywhere, or its place is gone. */
  cursorOffset(flat: FlatText): number {
    const at = this.cursor && flat.offsetOf(this.cursor, this.peer.doc);
    return at ?? flat.text.length;
  }

  /** Remembers a find, under a name that the model can use. */
  remember(flat: FlatText, from: number, to: number): string | undefined {
    const [anchor, head] = [flat.anchorAt(from), flat.anchorAt(to)];
    if (anchor === undefined || head === undefined || this.matches.size >= MAX_MATCHES) return undefined;
    const id = `m${++this.#found}`;
    this.matches.set(id, { anchor, head });
    return id;
  }

  moveTo(cursor: Y.RelativePosition | undefined): void {
    this.cursor = cursor;
    this.selection = undefined;
    this.show();
  }

  select(range: Range): void {
    this.selection = range;
    this.cursor = range.head;
    this.show();
  }

  /** Lets everybody see where the agent is. */
  show(): void {
    const at = this.cursor && { anchor: this.cursor, head: this.cursor };
    this.peer.show(this.streaming === undefined ? "thinking" : "composing", this.selection ?? at);
  }

  /** Changes the document as a part of this run. */
  edit<Result>(change: () => Result): Result {
    let result: Result | undefined;
    this.peer.edit(this.run, () => {
      result = change();
    });
    this.edits++;
    return result as Result;
  }

  /** Something that text can be pushed to, which goes into the document at the cursor. */
  pen(format: Format): Reader {
    const writer = new DocumentWriter({
      ...{ fragment: this.peer.fragment, at: this.cursor, suggestedBy: this.suggestedBy },
    });
    const reader = format === "markdown" ? new MarkdownReader(writer) : new PlainReader(writer);
    const write = (change: () => void): void => {
      this.edit(change);
      this.moveTo(writer.place);
    };
    return { push: (text) => write(() => reader.push(text)), end: () => write(() => reader.end()) };
  }
}
