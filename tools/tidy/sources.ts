/** The files of the repository, read once, and what each imports. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { parseAst } from "rolldown/parseAst";

/** A part of a syntax tree, as ESTree and its TypeScript extension have it. */
export interface Node {
  readonly type: string;
  /** Offsets in the text, `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly value?: unknown;
  readonly source?: unknown;
  readonly init?: unknown;
  readonly key?: unknown;
  readonly id?: unknown;
  readonly body?: unknown;
}

/** One tracked file. */
export interface Source {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Something that is against a rule of the house. */
export interface Problem {
  readonly path: string;
  /** 1 for the first. */
  readonly line: number;
  readonly message: string;
}

/** All tracked text files whose path matches. Files that are deleted but not yet committed are left out. */
export function trackedFiles(root: string, matching: RegExp): Source[] {
  return execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  })
    .split("\n")
    .filter((path) => matching.test(path) && existsSync(`${root}/${path}`))
    .map((path) => ({ path, text: readFileSync(`${root}/${path}`, "utf8") }));
}

/** Whether a file is part of a program, not of its tests. */
export function isProgram(path: string): boolean {
  return /\.tsx?$/.test(path) && !/\.test(-d)?\.tsx?$|\.d\.ts$/.test(path);
}

/** Each file is parsed once, however many rules look at it. */
const trees = new WeakMap<Source, Node>();

/** The syntax tree of a TypeScript file. */
export function parse(source: Source): Node {
  const { path, text } = source;
  const tree =
    trees.get(source) ?? (parseAst(text, { lang: path.endsWith("x") ? "tsx" : "ts" }) as unknown as Node);
  trees.set(source, tree);
  return tree;
}

/** Calls `visit` for each node of the tree, parents first. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && "type" in child) walk(child as Node, visit);
    }
  }
}

/** One import, re-export or dynamic import of a file. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

const IMPORTING = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
]);

/** What a file imports, types included. */
export function importsOf(source: Source): Import[] {
  const imports: Import[] = [];
  walk(parse(source), (node) => {
    const from = IMPORTING.has(node.type) ? (node.source as Node | null | undefined) : undefined;
    const specifier = from?.value;
    if (typeof specifier === "string") imports.push({ specifier, line: lineAt(source.text, node.start) });
  });
  return imports;
}

/** The line of an offset, 1 for the first. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
