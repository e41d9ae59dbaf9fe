/** Comments: their texts in a map beside the document's text, their places as marks in it. */
import type { Editor } from "@tiptap/core";
import type { Comment } from "../shared/comment.ts";
import type { SharedDocument } from "./document.ts";

/** A comment with its answers, oldest first. */
export interface Thread {
  readonly comment: Comment;
  readonly answers: readonly Comment[];
}

export function threadsOf({ comments }: SharedDocument): Thread[] {
  const all = [...comments.values()].sort((a, b) => a.at - b.at);
  return all
    .filter(({ parent }) => parent === undefined)
    .map((comment) => ({ comment, answers: all.filter(({ parent }) => parent === comment.id) }));
}

/** Comments on what is selected. Undefined if nothing is. */
export function addComment(editor: Editor, shared: SharedDocument, text: string): string | undefined {
  const { from, to, empty } = editor.state.selection;
  if (empty) return undefined;
  const quote = editor.state.doc.textBetween(from, to, " ").slice(0, 120);
  const comment = { ...made(shared, text), quote };
  shared.comments.set(comment.id, comment);
  editor.chain().setMark("comment", { id: comment.id }).setTextSelection(to).run();
  return comment.id;
}

export function addAnswer(shared: SharedDocument, parent: string, text: string): void {
  const answer = { ...made(shared, text), parent };
  shared.comments.set(answer.id, answer);
}

export function setResolved(shared: SharedDocument, id: string, isResolved: boolean): void {
  const comment = shared.comments.get(id);
  if (comment !== undefined) shared.comments.set(id, { ...comment, isResolved });
}

/** Deletes a comment with its answers and marks. */
export function removeThread(editor: Editor, shared: SharedDocument, { comment, answers }: Thread): void {
  shared.doc.transact(() => {
    for (const { id } of [comment, ...answers]) shared.comments.delete(id);
  });
  const { tr, doc } = editor.state;
  doc.descendants((node, at) => {
    const mark = node.marks.find(({ type, attrs }) => type.name === "comment" && attrs.id === comment.id);
    if (mark !== undefined) tr.removeMark(at, at + node.nodeSize, mark);
  });
  if (tr.docChanged) editor.view.dispatch(tr);
}

/** Where a comment's text is; undefined if it was deleted. */
export function placeOf(editor: Editor, id: string): { from: number; to: number } | undefined {
  let [from, to] = [-1, -1];
  editor.state.doc.descendants((node, at) => {
    if (!node.marks.some(({ type, attrs }) => type.name === "comment" && attrs.id === id)) return;
    if (from < 0) from = at;
    to = at + node.nodeSize;
  });
  return from < 0 ? undefined : { from, to };
}

function made({ person }: SharedDocument, text: string): Comment {
  return {
    id: crypto.randomUUID().slice(0, 8),
    author: person.name,
    color: person.color,
    text,
    at: Date.now(),
  };
}
