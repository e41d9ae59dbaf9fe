/** Accepting and rejecting what the agent suggests: each an edit of one's own, which one can undo. */
import type { Editor } from "@tiptap/core";
import type { Node } from "@tiptap/pm/model";
import type { Transaction } from "@tiptap/pm/state";

/** How many changes each run suggests: what lies together in one block is one. */
export function suggestedRuns(editor: Editor): Map<string, number> {
  const runs = new Map<string, number>();
  let before: string | undefined;
  editor.state.doc.descendants((node) => {
    const run = suggestionOf(node)?.run;
    if (run !== undefined && run !== before) runs.set(run, (runs.get(run) ?? 0) + 1);
    before = run;
  });
  return runs;
}

/** Makes what a run suggests a part of the text. */
export function acceptRun(editor: Editor, run: string): void {
  settle(editor, run, "deletion");
}

/** Takes out what a run suggests. */
export function rejectRun(editor: Editor, run: string): void {
  settle(editor, run, "insertion");
}

/** Deletes the text with one mark, and takes the mark off that with the other. */
function settle(editor: Editor, run: string, deleted: "insertion" | "deletion"): void {
  const { tr } = editor.state;
  eachBackwards(tr.doc, (node, at) => {
    const suggestion = suggestionOf(node);
    if (suggestion?.run !== run) return;
    if (suggestion.kind === deleted) tr.delete(at, at + node.nodeSize);
    else tr.removeMark(at, at + node.nodeSize, editor.schema.marks[suggestion.kind]);
  });
  eachBackwards(tr.doc, (node, at) => {
    if (node.attrs.suggested !== run) return;
    if (deleted === "insertion" && node.content.size === 0) removeBlock(tr, at);
    else tr.setNodeAttribute(at, "suggested", null);
  });
  if (tr.docChanged) editor.view.dispatch(tr);
}

interface Suggestion {
  readonly kind: "insertion" | "deletion";
  readonly run: string;
}

function suggestionOf(node: Node): Suggestion | undefined {
  for (const { type, attrs } of node.marks)
    if (type.name === "insertion" || type.name === "deletion")
      return { kind: type.name, run: String(attrs.run) };
  return undefined;
}

/** Deletes an empty block, and what holds nothing but it; the last one of the document stays, as a paragraph. */
function removeBlock(tr: Transaction, at: number): void {
  const place = tr.doc.resolve(at);
  let depth = place.depth;
  while (depth > 0 && place.node(depth).childCount === 1) depth--;
  const from = depth === place.depth ? at : place.before(depth + 1);
  const to = depth === place.depth ? at + tr.doc.nodeAt(at)!.nodeSize : place.after(depth + 1);
  const isAll = depth === 0 && tr.doc.childCount === 1;
  if (isAll) tr.replaceWith(from, to, tr.doc.type.schema.nodes.paragraph!.create());
  else tr.delete(from, to);
}

/** From the end, so that positions stay right while what is behind them changes. */
function eachBackwards(doc: Node, visit: (node: Node, at: number) => void): void {
  const all: (readonly [Node, number])[] = [];
  doc.descendants((node, at) => {
    all.push([node, at]);
  });
  for (const [node, at] of all.reverse()) visit(node, at);
}
