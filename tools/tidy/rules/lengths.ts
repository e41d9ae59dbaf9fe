/**
 * Files aim at 300 lines and functions at 40. What was longer when the rule came is in the ratchet with its length:
 * it may not grow, and leaves the ratchet when it is short.
 */
import { isProgram, lineAt, type Node, type Problem, parse, type Source, walk } from "../sources.ts";

export const FILE_LINES_MAX = 300;
export const FUNCTION_LINES_MAX = 40;

/** The lines that a file, or a function of it (`path#name`), may have although the rule asks for fewer. */
export type Ratchet = Readonly<Record<string, number>>;

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

/** Suites that are functions, since they run over several implementations, may be long. */
const SUITES = /\/(tests|testing)\//;

/** Programs that are too long, and entries of the ratchet that nothing needs any more. */
export function lengths(sources: readonly Source[], ratchet: Ratchet): Problem[] {
  const long = sources.filter(({ path }) => isProgram(path) && !SUITES.test(path)).flatMap(longPartsOf);
  const grown = long.filter(({ key, lines }) => lines > (ratchet[key] ?? 0));
  const needless = Object.keys(ratchet).filter((key) => !long.some((part) => part.key === key));
  return [
    ...grown.map(({ key, line, lines, max }) => ({
      path: key,
      line,
      message: `${lines} lines; aim under ${max}, and never above ${ratchet[key] ?? max}`,
    })),
    ...needless.map((key) => ({ path: key, line: 1, message: "short now: take it out of the ratchet" })),
  ];
}

interface LongPart {
  readonly key: string;
  readonly line: number;
  readonly lines: number;
  readonly max: number;
}

function longPartsOf(source: Source): LongPart[] {
  const { path, text } = source;
  const parts: LongPart[] = [];
  const fileLines = text.trimEnd().split("\n").length;
  if (fileLines > FILE_LINES_MAX) parts.push({ key: path, line: 1, lines: fileLines, max: FILE_LINES_MAX });
  walk(parse(source), (node) => {
    for (const [name, fn] of functionsOf(node)) {
      const line = lineAt(text, fn.start);
      const lines = lineAt(text, fn.end) - line + 1;
      if (lines > FUNCTION_LINES_MAX) {
        parts.push({ key: `${path}#${name}`, line, lines, max: FUNCTION_LINES_MAX });
      }
    }
  });
  return parts;
}

/** Functions that the node itself names. A function without a name is part of the one around it. */
function functionsOf(node: Node): [name: string, fn: Node][] {
  const value = (node.value ?? node.init) as Node | null | undefined;
  if (node.type === "FunctionDeclaration" && node.body) return [[nameOf(node.id), node]];
  if (value && FUNCTIONS.has(value.type)) return [[nameOf(node.key ?? node.id), value]];
  return [];
}

function nameOf(id: unknown): string {
  return String((id as { name?: string } | null)?.name ?? "default");
}
