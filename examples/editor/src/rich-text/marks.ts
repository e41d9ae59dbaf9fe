/** What this editor adds to rich text: comments, and what the agent suggests. */
import { Extension, Mark } from "@tiptap/core";

/** A mark that holds one text, written into the page as a `data-` attribute. */
function textMark(name: string, tag: string, attribute: string) {
  return Mark.create({
    name,
    inclusive: false,
    addAttributes: () => ({
      [attribute]: {
        default: null,
        parseHTML: (element: HTMLElement) => element.getAttribute(`data-${name}`),
        renderHTML: (attributes: Record<string, unknown>) => ({ [`data-${name}`]: attributes[attribute] }),
      },
    }),
    parseHTML: () => [{ tag: `${tag}[data-${name}]` }],
    renderHTML: ({ HTMLAttributes }) => [tag, HTMLAttributes, 0],
  });
}

export const CommentMark = textMark("comment", "span", "id").extend({ excludes: "" });
/** Text that the agent suggests, with the run that wrote it. */
export const Insertion = textMark("insertion", "ins", "run");
/** Text that the agent suggests to delete. */
export const Deletion = textMark("deletion", "del", "run");

/** Blocks that the agent suggests, with the run that made them. */
export const SuggestedBlocks = Extension.create({
  name: "suggestedBlocks",
  addGlobalAttributes: () => [
    {
      types: ["paragraph", "heading"],
      attributes: {
        suggested: {
          default: null,
          keepOnSplit: false,
          parseHTML: (element) => element.getAttribute("data-suggested"),
          renderHTML: ({ suggested }) => (suggested ? { "data-suggested": suggested } : {}),
        },
      },
    },
  ],
});
