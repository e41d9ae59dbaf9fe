import type { Editor } from "@tiptap/core";
import { useState } from "react";
import {
  addAnswer,
  addComment,
  placeOf,
  removeThread,
  setResolved,
  type Thread,
  threadsOf,
} from "../comments.ts";
import type { SharedDocument } from "../document.ts";
import { colored } from "./colored.ts";
import { useEditorState } from "./hooks.ts";

interface Props {
  readonly shared: SharedDocument;
  readonly editor: Editor;
}

/** All comments; the open ones first. */
export function CommentsPanel({ shared, editor }: Props) {
  useEditorState(editor);
  const [problem, setProblem] = useState<string>();
  const threads = threadsOf(shared).sort(
    (a, b) => Number(!!a.comment.isResolved) - Number(!!b.comment.isResolved),
  );
  const comment = (text: string): void =>
    setProblem(
      addComment(editor, shared, text) === undefined ? "Select what your comment is about." : undefined,
    );
  const { empty, from, to } = editor.state.selection;
  return (
    <div className="comments">
      <ol>
        {threads.length === 0 && (
          <li className="nothing">No comments yet. Select some words, and say what you think of them.</li>
        )}
        {threads.map((thread) => (
          <ThreadItem key={thread.comment.id} thread={thread} shared={shared} editor={editor} />
        ))}
      </ol>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {!empty && <blockquote>{editor.state.doc.textBetween(from, to, " ").slice(0, 120)}</blockquote>}
      <TextForm label="Comment on the selection" button="Comment" onText={comment} />
    </div>
  );
}

function ThreadItem({ thread, shared, editor }: Props & { readonly thread: Thread }) {
  const { comment, answers } = thread;
  const place = placeOf(editor, comment.id);
  const show = (): void => {
    if (place !== undefined) editor.chain().focus().setTextSelection(place).scrollIntoView().run();
  };
  return (
    <li className={comment.isResolved ? "thread resolved" : "thread"}>
      <button type="button" className="quote" onClick={show} disabled={place === undefined}>
        {comment.quote}
        {place === undefined && " (deleted)"}
      </button>
      {[comment, ...answers].map(({ id, author, color, text, at }) => (
        <p key={id}>
          <b style={colored(color)}>{author}</b>{" "}
          <time dateTime={new Date(at).toISOString()}>{clock(at)}</time>
          <br />
          {text}
        </p>
      ))}
      <TextForm label="Answer" button="Answer" onText={(text) => addAnswer(shared, comment.id, text)} />
      <div className="actions">
        <button
          type="button"
          className="quiet"
          onClick={() => setResolved(shared, comment.id, !comment.isResolved)}
        >
          {comment.isResolved ? "Open again" : "Resolve"}
        </button>
        <button type="button" className="quiet" onClick={() => removeThread(editor, shared, thread)}>
          Delete
        </button>
      </div>
    </li>
  );
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

interface FormProps {
  readonly label: string;
  readonly button: string;
  readonly onText: (text: string) => void;
}

function TextForm({ label, button, onText }: FormProps) {
  const submit = (data: FormData): void => {
    const text = String(data.get("text")).trim();
    if (text !== "") onText(text);
  };
  return (
    <form className="text-form" action={submit}>
      <input name="text" aria-label={label} placeholder={label} maxLength={1000} autoComplete="off" />
      <button type="submit">{button}</button>
    </form>
  );
}
