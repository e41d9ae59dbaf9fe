import type { ChainedCommands, Editor } from "@tiptap/core";
import { useEditorState } from "./hooks.ts";

interface Props {
  readonly editor: Editor;
  readonly onComment: () => void;
}

interface Tool {
  readonly label: string;
  readonly sign: React.ReactNode;
  readonly run: (chain: ChainedCommands) => ChainedCommands;
  readonly isOn?: (editor: Editor) => boolean;
}

const heading = (level: 1 | 2 | 3): Tool => ({
  label: `H${level}, heading`,
  sign: `H${level}`,
  run: (chain) => chain.toggleHeading({ level }),
  isOn: (editor) => editor.isActive("heading", { level }),
});

const GROUPS: readonly (readonly Tool[])[] = [
  [
    { label: "Undo", sign: "↶", run: (chain) => chain.undo() },
    { label: "Redo", sign: "↷", run: (chain) => chain.redo() },
  ],
  [
    {
      label: "Bold",
      sign: <b>B</b>,
      run: (chain) => chain.toggleBold(),
      isOn: (editor) => editor.isActive("bold"),
    },
    {
      label: "Italic",
      sign: <i>I</i>,
      run: (chain) => chain.toggleItalic(),
      isOn: (editor) => editor.isActive("italic"),
    },
    {
      label: "Code",
      sign: "‹›",
      run: (chain) => chain.toggleCode(),
      isOn: (editor) => editor.isActive("code"),
    },
  ],
  [heading(1), heading(2), heading(3)],
  [
    {
      label: "Bullet list",
      sign: <ListIcon isNumbered={false} />,
      run: (chain) => chain.toggleBulletList(),
      isOn: (editor) => editor.isActive("bulletList"),
    },
    {
      label: "Numbered list",
      sign: <ListIcon isNumbered />,
      run: (chain) => chain.toggleOrderedList(),
      isOn: (editor) => editor.isActive("orderedList"),
    },
    {
      label: "Quote",
      sign: "❝",
      run: (chain) => chain.toggleBlockquote(),
      isOn: (editor) => editor.isActive("blockquote"),
    },
  ],
];

/** Formats what is selected. */
export function Toolbar({ editor, onComment }: Props) {
  useEditorState(editor);
  return (
    <div className="toolbar" role="toolbar" aria-label="Format">
      {GROUPS.map((tools) => (
        <div className="group" key={tools[0]!.label}>
          {tools.map(({ label, sign, run, isOn }) => (
            <button
              key={label}
              type="button"
              title={label}
              aria-label={label}
              aria-pressed={isOn?.(editor)}
              // The text keeps its selection.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => run(editor.chain().focus()).run()}
            >
              <span aria-hidden="true">{sign}</span>
            </button>
          ))}
        </div>
      ))}
      <div className="group">
        <button
          type="button"
          disabled={editor.state.selection.empty}
          onMouseDown={(event) => event.preventDefault()}
          onClick={onComment}
        >
          Comment
        </button>
      </div>
    </div>
  );
}

/** Three lines, with points or with strokes that stand for numbers before them. */
function ListIcon({ isNumbered }: { readonly isNumbered: boolean }) {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      aria-hidden="true"
    >
      {[4, 9, 14].map((y) => (
        <path key={y} d={`${isNumbered ? `M3 ${y - 2}v4` : `M2 ${y}h2.4`}M7 ${y}h9`} strokeLinecap="round" />
      ))}
    </svg>
  );
}
