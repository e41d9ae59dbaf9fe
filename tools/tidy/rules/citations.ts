/** What comments and pages cite exists: sections of the protocol (docs/spec/protocol.md), and files that pages link to. */
import { posix } from "node:path";
import { lineAt, type Problem, type Source } from "../sources.ts";

/** The page whose sections are cited as `protocol §9`. */
export const PROTOCOL_PAGE = "docs/spec/protocol.md";

/** Citations that lead nowhere, or do not say of what they are a section. */
export function citations(sources: readonly Source[], exists: (path: string) => boolean): Problem[] {
  const page = sources.find(({ path }) => path === PROTOCOL_PAGE);
  const sections = new Set([...(page?.text ?? "").matchAll(/^#+ (\d+(?:\.\d+)?)\.? /gm)].map((m) => m[1]));
  return sources.flatMap((source) => [
    ...sectionProblems(source, sections),
    ...(source.path.endsWith(".md") ? linkProblems(source, exists) : []),
  ]);
}

function sectionProblems({ path, text }: Source, sections: ReadonlySet<string | undefined>): Problem[] {
  const problems: Problem[] = [];
  // In the page itself, § without a document is its own.
  const own = path === PROTOCOL_PAGE ? "|§" : "";
  const cited = new RegExp(
    `(?:[Pp]rotocol[\\s*/]*§${own})(\\d+(?:\\.\\d+)?)(?:(?:, | and | to )§\\d+(?:\\.\\d+)?)*`,
    "g",
  );
  for (const match of text.matchAll(cited)) {
    for (const [, section] of match[0].matchAll(/§(\d+(?:\.\d+)?)/g)) {
      if (!sections.has(section)) {
        problems.push({
          path,
          line: lineAt(text, match.index),
          message: `protocol §${section} is not in ${PROTOCOL_PAGE}`,
        });
      }
    }
  }
  for (const match of text.matchAll(/\b[sS]ections? \d/g)) {
    problems.push({
      path,
      line: lineAt(text, match.index),
      message: 'say of what: "protocol §9", "RFC 9110 §8.3"',
    });
  }
  return problems;
}

function linkProblems({ path, text }: Source, exists: (path: string) => boolean): Problem[] {
  const problems: Problem[] = [];
  for (const match of text.matchAll(/\]\(([^)\s#]+)(?:#[^)\s]*)?\)/g)) {
    const target = match[1]!;
    if (/^[a-z]+:/.test(target)) continue;
    if (!exists(posix.join(posix.dirname(path), target))) {
      problems.push({
        path,
        line: lineAt(text, match.index),
        message: `links to ${target}, which is not there`,
      });
    }
  }
  return problems;
}
