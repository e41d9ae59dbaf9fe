const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\" };

/** Resolves `\n`, `\t`, `\r` and `\\` in one pass, so that `\\n` is a backslash and an n. Others stay as they are. */
export function resolveEscapes(text: string): string {
  return text.replace(/\\([ntr\\])/g, (_match, letter: string) => ESCAPES[letter]!);
}
