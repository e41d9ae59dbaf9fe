/** Text of Markdown within a line: what stands out, code and links. */

export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "strong" | "em" | "del"; readonly parts: readonly Inline[] }
  | { readonly kind: "link"; readonly href: string; readonly parts: readonly Inline[] };

/** Within each other no deeper than this: the text is a stranger's. */
const DEPTH_MAX = 6;

/**
 * A mark and what it holds. Each alternative ends at the first place where it can, so a text takes no longer than it is long.
 */
const MARKED =
  /(`{1,8})([^`]{1,2000}?)\1(?!`)|\*\*((?:[^*\n]|\*(?!\*)|\*(?=\*\*(?!\*))){1,2000}?)\*\*(?!\*)|__([^_\n]{1,2000})__|~~([^~\n]{1,2000})~~|\*([^*\s][^*\n]{0,2000})\*|(?<![\p{L}\p{N}_])_([^_\s][^_\n]{0,2000})_(?![\p{L}\p{N}_])|\[([^[\]\n]{1,500})\]\(([^()\s]{1,2000})\)|(https?:\/\/[^\s<>"'`)\]]{1,2000})/u;

/** Parses the text of a paragraph. What is no mark stays as it is. */
export function parseInline(text: string, depth = 0): Inline[] {
  const found: Inline[] = [];
  let rest = text;
  while (rest !== "") {
    const match = depth < DEPTH_MAX ? MARKED.exec(rest) : null;
    if (match === null) {
      found.push({ kind: "text", text: rest });
      break;
    }
    if (match.index > 0) found.push({ kind: "text", text: rest.slice(0, match.index) });
    found.push(inlineOf(match, depth));
    rest = rest.slice(match.index + match[0].length);
  }
  return found;
}

function inlineOf(match: RegExpExecArray, depth: number): Inline {
  const [whole, , code, strong1, strong2, del, em1, em2, label, target, bare] = match;
  const strong = strong1 ?? strong2;
  const em = em1 ?? em2;
  if (code !== undefined) return { kind: "code", text: code.trim() || code };
  if (strong !== undefined) return { kind: "strong", parts: parseInline(strong, depth + 1) };
  if (del !== undefined) return { kind: "del", parts: parseInline(del, depth + 1) };
  if (em !== undefined) return { kind: "em", parts: parseInline(em, depth + 1) };
  if (bare !== undefined) return linkTo(bare, [{ kind: "text", text: bare }], whole);
  return linkTo(target!, parseInline(label!, DEPTH_MAX), whole);
}

/** A link, if it leads to the web or to a mailbox; anything else stays text. */
function linkTo(target: string, parts: readonly Inline[], whole: string): Inline {
  const isSafe = URL.canParse(target) && ["http:", "https:", "mailto:"].includes(new URL(target).protocol);
  return isSafe ? { kind: "link", href: new URL(target).href, parts } : { kind: "text", text: whole };
}
