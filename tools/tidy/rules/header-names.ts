/** Names of headers have one home, the protocol's constants: a name that is written out elsewhere can be wrong in one place. */
import { isProgram, lineAt, type Node, type Problem, parse, type Source, walk } from "../sources.ts";

/** Where they are written out: a package that does without the protocol's has a copy, which a test compares. */
const HOMES: ReadonlySet<string> = new Set([
  "packages/protocol/src/headers.ts",
  "packages/yjs/src/core/headers.ts",
]);
/** Also the kinds of rejections. */
const OTHER_MEANINGS: ReadonlySet<string> = new Set(["stream-closed", "stream-max-bytes"]);

/**
 * Header names with a hyphen that sources of packages write out as texts, in their own spelling or in lower case. Names of
 * one word ("host", "location") mean too many other things.
 */
export function headerNames(sources: readonly Source[], names: readonly string[]): Problem[] {
  const spelled = new Set(
    names.filter((name) => name.includes("-")).flatMap((name) => [name, name.toLowerCase()]),
  );
  for (const word of OTHER_MEANINGS) spelled.delete(word);
  return sources
    .filter(({ path }) => isProgram(path) && /^packages\/[^/]+\/src\//.test(path) && !HOMES.has(path))
    .flatMap((source) => namesIn(source, spelled));
}

function namesIn(source: Source, spelled: ReadonlySet<string>): Problem[] {
  const problems: Problem[] = [];
  walk(parse(source), (node: Node) => {
    if (node.type !== "Literal" || typeof node.value !== "string" || !spelled.has(node.value)) return;
    const message = `"${node.value}" is a header: use its constant (packages/protocol/src/headers.ts)`;
    problems.push({ path: source.path, line: lineAt(source.text, node.start), message });
  });
  return problems;
}
