import type { Editor } from "@tiptap/core";
import { acceptRun, rejectRun, suggestedRuns } from "../rich-text/suggestions.ts";
import { useEditorState } from "./hooks.ts";

/** What the agent suggests and nobody has settled yet. */
export function Suggestions({ editor }: { readonly editor: Editor }) {
  useEditorState(editor);
  const runs = [...suggestedRuns(editor)];
  if (runs.length === 0) return null;
  return (
    <section className="suggestions" aria-label="Suggestions">
      {runs.map(([run, changes]) => (
        <p key={run}>
          <span>
            <b aria-hidden="true">✦</b> The agent suggests {changes === 1 ? "a change" : `${changes} changes`}
            .
          </span>
          <button type="button" className="primary" onClick={() => acceptRun(editor, run)}>
            Accept
          </button>
          <button type="button" onClick={() => rejectRun(editor, run)}>
            Reject
          </button>
        </p>
      ))}
    </section>
  );
}
