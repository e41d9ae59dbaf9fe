/** The lines of a scenario that are done, taken apart. */

/** One command: `> verb name words… key=value… "body"`. */
export interface Command {
  readonly verb: string;
  /** The stream, or the reader. */
  readonly name: string;
  /** What stands alone behind the name. */
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** In the file, 1 for the first. */
  readonly line: number;
}

/** @throws when the body is not a JSON string */
export function parseCommand(text: string, line: number): Command {
  const quote = text.indexOf('"');
  const close = text.lastIndexOf('"') + 1;
  const body = quote < 0 ? undefined : (JSON.parse(text.slice(quote, close)) as string);
  const rest = quote < 0 ? text : text.slice(0, quote) + text.slice(close);
  const [verb, name = "", ...others] = rest.split(/\s+/).filter((word) => word !== "");
  const pairs = others
    .filter((word) => word.includes("="))
    .map((word) => word.split("=") as [string, string]);
  return {
    ...{ verb: verb!, name, body, line },
    words: others.filter((word) => !word.includes("=")),
    options: Object.fromEntries(pairs),
  };
}
